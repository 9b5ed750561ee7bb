/** The inspector's page. */
import { render } from 'preact';
import { App } from './frame/app.tsx';
import { applyTheme } from './frame/theme.ts';

applyTheme();
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
