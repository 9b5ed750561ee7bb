/** Builds the request to an HTTP authentication service from templates, like EMQX. */
import { mediaTypeName } from '../../lib/media-type.ts';
import {
  compileText,
  renderText,
  type TextTemplate,
  type TextValues,
} from '../../policy/text/text-template.ts';

export interface RequestTemplates {
  /** With GET, `body` goes into the query. Default: `post`. */
  readonly method?: 'get' | 'post';
  /** May contain placeholders in path and query. */
  readonly url: string;
  /** `content-type` selects the format of the body: JSON (default) or `application/x-www-form-urlencoded`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, string>>;
}

/** The placeholders of templates: EMQX's, as far as ExHook sends their values. */
export const requestNames = [
  'clientid',
  'username',
  'password',
  'peerhost',
  'proto_name',
  'mountpoint',
  'cert_common_name',
  'cert_subject',
  'action',
  'topic',
] as const;

export interface BuiltRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * Builds requests; returns `undefined` for values that would change the meaning or the target of the request.
 */
export type RequestBuilder = (values: TextValues) => BuiltRequest | undefined;

export const NO_HEADER_NAME = 'is not a header name';
/** RFC 9110 section 5.1. */
const FIELD_NAME = /^[\w!#$%&'*+.^`|~-]+$/;

const FORM = 'application/x-www-form-urlencoded';

type Fields = readonly (readonly [name: string, template: TextTemplate])[];

/**
 * Compiles the templates.
 *
 * @throws TypeError that names the invalid one.
 */
export function compileRequest(templates: RequestTemplates): RequestBuilder & { readonly host: string } {
  const method = templates.method === 'get' ? 'GET' : 'POST';
  const { origin, path } = compileUrl(templates.url);
  const headers = compileFields('headers', templates.headers);
  const body = compileFields('body', templates.body);
  const isForm = headers.some(
    ([name, { source }]) => name === 'content-type' && mediaTypeName(source) === FORM,
  );

  function build(values: TextValues): BuiltRequest | undefined {
    const url = renderUrl(origin, path, values);
    const sent = renderHeaders(headers, values);
    if (url === undefined || sent === undefined) return undefined;
    const fields = body.map(([name, template]) => [name, renderText(template, values)] as const);
    if (method === 'GET') {
      for (const [name, value] of fields) url.searchParams.append(name, value);
      return { method, url, headers: sent };
    }
    const text = isForm ? encodeForm(fields) : JSON.stringify(Object.fromEntries(fields));
    return { method, url, headers: { 'content-type': 'application/json', ...sent }, body: text };
  }
  return Object.assign(build, { host: new URL(origin).host });
}

function encodeForm(fields: readonly (readonly [string, string])[]): string {
  return new URLSearchParams(fields.map(([name, value]) => [name, value] as [string, string])).toString();
}

/** A client must not be able to choose the host. */
function compileUrl(text: string): { origin: string; path: TextTemplate } {
  const [, origin = '', path = ''] = /^(https?:\/\/[^/?#]+)(.*)$/.exec(text) ?? [];
  if (origin === '' || origin.includes('${') || !URL.canParse(origin)) {
    throw new TypeError('url: expected http(s)://host/path, with placeholders in path and query only');
  }
  return { origin, path: compileText(path, requestNames) };
}

function compileFields(what: string, fields: Readonly<Record<string, string>> = {}): Fields {
  return Object.entries(fields).map(([name, text]) => {
    try {
      if (what === 'headers' && !FIELD_NAME.test(name)) throw new TypeError(NO_HEADER_NAME);
      return [what === 'headers' ? name.toLowerCase() : name, compileText(text, requestNames)] as const;
    } catch (error) {
      throw new TypeError(`${what}.${name}: ${error instanceof Error ? error.message : ''}`, {
        cause: error,
      });
    }
  });
}

/** A value stays within its path segment: `..` would lead to another path in any encoding. */
function renderUrl(origin: string, path: TextTemplate, values: TextValues): URL | undefined {
  const rendered = renderText(path, values, encodeURIComponent);
  const [segments = ''] = rendered.split('?', 1);
  return /\/\.{1,2}(?=\/|$)/.test(segments) ? undefined : new URL(origin + rendered);
}

/** RFC 9110 section 5.5: no control characters. Others are sent as UTF-8, which Node expects as Latin-1. */
function renderHeaders(headers: Fields, values: TextValues): Record<string, string> | undefined {
  const entries = headers.map(([name, template]) => [name, renderText(template, values)] as const);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it searches for control characters
  if (entries.some(([, value]) => /[\0-\x1f\x7f]/.test(value))) return undefined;
  return Object.fromEntries(
    entries.map(([name, value]) => [name, Buffer.from(value, 'utf8').toString('latin1')]),
  );
}
