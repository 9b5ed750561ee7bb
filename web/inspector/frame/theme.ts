/** Dark or light: as the system has it, or as chosen here. */
import { signal } from '@preact/signals';

const KEY = 'exhook-inspector-theme';
const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export const theme = signal<Theme>(readTheme());

export function nextTheme(): void {
  theme.value = themes[(themes.indexOf(theme.value) + 1) % themes.length] ?? 'system';
  localStorage.setItem(KEY, theme.value);
  applyTheme();
}

export function applyTheme(): void {
  const { dataset } = document.documentElement;
  if (theme.value === 'system') delete dataset.theme;
  else dataset.theme = theme.value;
}

function readTheme(): Theme {
  const stored = localStorage.getItem(KEY);
  return themes.find((name) => name === stored) ?? 'system';
}
