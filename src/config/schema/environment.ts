/** Variables that set no key of a file. */
export const ENVIRONMENT_ONLY = {
  CONSUL_HTTP_TOKEN_FILE: 'A file that holds the token. Goes before `CONSUL_HTTP_TOKEN`.',
  CONSUL_HTTP_AUTH: '`user:password` for HTTP basic authentication at Consul.',
  CONSUL_HTTP_SSL: '`true`: an address without a scheme, or with `http://`, is spoken to by TLS.',
  CONSUL_HTTP_SSL_VERIFY: "`false`: Consul's certificate is not verified.",
} as const;
