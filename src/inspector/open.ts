/** How a server opens the inspector: `config.inspector` says where, and `exhook dev` adds what only it has. */
import type { AddressInfo } from 'node:net';

/** What `exhook dev` adds, as `ServeConfigOptions.inspector`. */
export interface InspectorDev {
  /** Allows replay and recordings. */
  readonly dev: true;
  /** Allows `/api/save` to write the configuration file. */
  readonly write: boolean;
  /** The dev broker, for the page. `ws` is a URL, such as `ws://127.0.0.1:8083/mqtt`: the page may connect there. */
  readonly mqtt?:
    | { readonly tcp?: string | undefined; readonly ws?: string | undefined; readonly as: string }
    | undefined;
}

/** As `Serving.inspector`, when `config.inspector` is set. */
export interface OpenInspector {
  readonly address: AddressInfo;
  /** With the token in its fragment: print it, and never log it. */
  readonly url: string;
  close(): void;
}
