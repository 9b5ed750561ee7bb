/**
 * The two parts of undici that are used: the whole library is twice the code and loads twice as long. The
 * version in package.json is exact, because paths of parts are not a public interface.
 */
import type { buildConnector as BuildConnector, Pool as UndiciPool } from 'undici';
// @ts-expect-error: the package has types only for the whole.
import connect from 'undici/lib/core/connect.js';
// @ts-expect-error: the package has types only for the whole.
import pool from 'undici/lib/dispatcher/pool.js';

export const Pool: typeof UndiciPool = pool;
export type Pool = UndiciPool;
export const buildConnector: typeof BuildConnector = connect;
