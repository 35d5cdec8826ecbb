/** The HTTP and HTTPS check. */
import type { CheckStatus } from '../../machines/model.ts';
import { Deadline } from './deadline.ts';
import { exchange } from './http-exchange.ts';
import type { HttpHead } from './http-head.ts';
import { firstRequest, isRedirect, redirectedRequest, requestBytes, type HttpRequest } from './http-request.ts';
import { HttpResponse } from './http-response.ts';
import { openWire, type HttpDeps } from './http-wire.ts';
import { HTTP_EXPIRED, httpAnswer, httpError, measured } from './output.ts';
import type { HttpDefinition, Probe, ProbeOutcome } from './probe.ts';

/** Consul's rule: 2xx passing, 429 Too Many Requests warning, the rest critical. */
const judge = (statusCode: number): CheckStatus => {
  if (statusCode >= 200 && statusCode < 300) return 'passing';
  return statusCode === 429 ? 'warning' : 'critical';
};

/** An answer whose status line has come, or the end of the run. */
type Answer = { readonly type: 'answered'; readonly head: HttpHead; readonly text: string } | ProbeOutcome;

const ask = async (
  request: HttpRequest,
  definition: HttpDefinition,
  deps: HttpDeps,
  deadline: Deadline,
): Promise<Answer> => {
  const critical = (fault: string): ProbeOutcome =>
    measured('critical', httpError(definition.method, request.href, fault));
  const tls = {
    serverName: definition.tlsServerName === '' ? request.url.host : definition.tlsServerName,
    isCertificateIgnored: definition.isCertificateIgnored,
  };
  const opened = await openWire(request.url, tls, deps, deadline);
  if (opened.type === 'failed') return critical(opened.fault);
  if (opened.type === 'expired') return critical(opened.during + HTTP_EXPIRED);
  if (opened.type !== 'opened') return opened;
  const { wire, proxyHeaders } = opened;
  const response = new HttpResponse(request.method, (head) => definition.isRedirectFollowed && isRedirect(head));
  const bytes = requestBytes(request, proxyHeaders !== undefined, proxyHeaders);
  const end = await exchange(wire, bytes, response, deadline);
  wire.socket.destroy();
  if (end === 'aborted') return { type: 'aborted' };
  if (response.head !== undefined) return { type: 'answered', head: response.head, text: response.text };
  return critical(response.fault ?? HTTP_EXPIRED);
};

const run = async (definition: HttpDefinition, deps: HttpDeps, deadline: Deadline): Promise<ProbeOutcome> => {
  const { method, shownUrl } = definition;
  let request = firstRequest(definition);
  for (let redirects = 0; ; redirects += 1) {
    const answer = await ask(request, definition, deps, deadline);
    if (answer.type !== 'answered') return answer;
    const { head, text } = answer;
    if (!definition.isRedirectFollowed || !isRedirect(head)) {
      return measured(judge(head.statusCode), httpAnswer(method, shownUrl, head.status, text));
    }
    const next = redirectedRequest(request, head, redirects);
    if ('fault' in next) return measured('critical', httpError(method, next.href, next.fault));
    request = next;
  }
};

/**
 * Sends the request on a fresh connection, follows redirects, and judges the status line. A body that stalls or breaks
 * behind it changes nothing: the output then holds what has come.
 */
export const createHttpProbe =
  (deps: HttpDeps): Probe<HttpDefinition> =>
  async (definition, timeoutMs, signal) => {
    using deadline = new Deadline(deps.clock, timeoutMs, signal);
    return await run(definition, deps, deadline);
  };
