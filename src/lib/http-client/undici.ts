/**
 * The two parts of undici that are used: all of it is twice as much code, and takes twice as long to load. The version
 * in package.json is exact, since paths of parts are no promise.
 */
import type { buildConnector as BuildConnector, Pool as UndiciPool } from 'undici';
// @ts-expect-error: its types are those of the package.
import connect from 'undici/lib/core/connect.js';
// @ts-expect-error: its types are those of the package.
import pool from 'undici/lib/dispatcher/pool.js';

export const Pool: typeof UndiciPool = pool;
export type Pool = UndiciPool;
export const buildConnector: typeof BuildConnector = connect;
