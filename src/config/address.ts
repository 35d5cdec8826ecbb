/** Consul's address, in the forms that Consul's own programs take. */

const BARE = /^(?:\[[\da-fA-F:.]+\]|[^\s:/@[\]?#]*):(\d{1,5})$/;

/** `http://host[:port][/path]`, without a slash at its end; undefined when it is no such address, or says more. */
const normalize = (text: string): string | undefined => {
  if (!URL.canParse(text)) return undefined;
  const { protocol, host, pathname, username, password, search, hash } = new URL(text);
  if (username + password + search + hash !== '' || host === '') return undefined;
  return `${protocol}//${host}${pathname.replace(/\/+$/, '')}`;
};

/**
 * The address as a URL: `host:port` becomes `http://host:port`, or `https://` where `isTls` (CONSUL_HTTP_SSL) asks for it; a
 * missing host is `localhost`, as in Go. Undefined when `text` is none of the allowed forms. Names and passwords are refused:
 * they belong in CONSUL_HTTP_AUTH.
 */
export const toConsulUrl = (text: string, isTls: boolean): string | undefined => {
  const scheme = /^(unix|https?):\/\/(.+)$/.exec(text);
  if (scheme?.[1] === 'unix') return text;
  const secure = isTls ? 'https' : 'http';
  if (scheme !== null) return normalize(isTls ? text.replace(/^http:/, 'https:') : text);
  const [bare, port = '0'] = BARE.exec(text) ?? [];
  if (bare === undefined || Number(port) < 1) return undefined;
  return normalize(`${secure}://${bare.startsWith(':') ? `localhost${bare}` : bare}`);
};
