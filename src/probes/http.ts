/** The HTTP and HTTPS check. */
import type { CheckStatus } from '../../machines/model.ts';
import { proxyFor } from '../proxy.ts';
import { Deadline } from './deadline.ts';
import { goDirectly, type Destination } from './direct.ts';
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
type Answer = Answered | ProbeOutcome;
interface Answered {
  readonly type: 'answered';
  readonly head: HttpHead;
  readonly text: string;
}

const answerOf = (response: HttpResponse, method: string, href: string): Answer =>
  response.head === undefined
    ? measured('critical', httpError(method, href, response.fault ?? HTTP_EXPIRED))
    : { type: 'answered', head: response.head, text: response.text };

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
  return answerOf(response, definition.method, request.href);
};

const isFollowed = ({ isRedirectFollowed }: HttpDefinition, answer: Answer): answer is Answered =>
  answer.type === 'answered' && isRedirectFollowed && isRedirect(answer.head);

/** What an answer that leads nowhere else amounts to. */
const outcomeOf = ({ method, shownUrl }: HttpDefinition, answer: Answer): ProbeOutcome =>
  answer.type === 'answered'
    ? measured(judge(answer.head.statusCode), httpAnswer(method, shownUrl, answer.head.status, answer.text))
    : answer;

/** Asks and follows redirects; `answer` is that of the first request, if it has been asked. */
const run = async (
  definition: HttpDefinition,
  deps: HttpDeps,
  deadline: Deadline,
  asked?: Answer,
): Promise<ProbeOutcome> => {
  let request = firstRequest(definition);
  let answer = asked ?? (await ask(request, definition, deps, deadline));
  for (let redirects = 0; ; redirects += 1) {
    if (!isFollowed(definition, answer)) return outcomeOf(definition, answer);
    const next = redirectedRequest(request, answer.head, redirects);
    if ('fault' in next) return measured('critical', httpError(definition.method, next.href, next.fault));
    request = next;
    answer = await ask(request, definition, deps, deadline);
  }
};

/** The address to connect to, when there is but one, known at once, and nothing but TCP in between. */
const directAddress = ({ url }: HttpDefinition, deps: HttpDeps): string | undefined => {
  if (url.isTls || proxyFor(url, deps.proxyEnv) !== undefined) return undefined;
  const known = deps.resolver.known(url.host);
  return known?.length === 1 ? known[0] : undefined;
};

/** Asks the first request of a definition without a promise. */
const askDirectly = (
  definition: HttpDefinition,
  to: Destination,
  deadline: Deadline,
  settle: (answer: Answer) => void,
): void => {
  const { method, shownUrl } = definition;
  const response = new HttpResponse(method, (head) => definition.isRedirectFollowed && isRedirect(head));
  const question = { bytes: requestBytes(firstRequest(definition)), response };
  goDirectly(to, question, deadline, (end) => {
    const isDialling = end.type === 'failed' || (end.type === 'expired' && end.during !== '');
    if (end.type === 'unsent' || end.type === 'aborted') settle(end);
    else if (isDialling) {
      const fault = end.type === 'failed' ? end.fault : end.during + HTTP_EXPIRED;
      settle(measured('critical', httpError(method, shownUrl, fault)));
    } else settle(answerOf(response, method, shownUrl));
  });
};

/**
 * Sends the request on a fresh connection, follows redirects, and judges the status line. A body that stalls or breaks
 * behind it changes nothing: the output then holds what has come.
 */
export const createHttpProbe =
  (deps: HttpDeps): Probe<HttpDefinition> =>
  (definition, timeoutMs, signal) =>
    new Promise((resolve, reject) => {
      const deadline = new Deadline(deps.clock, timeoutMs, signal);
      const end = (outcome: ProbeOutcome): void => {
        deadline[Symbol.dispose]();
        resolve(outcome);
      };
      const goOn = (answer?: Answer): void => {
        run(definition, deps, deadline, answer).then(end, reject);
      };
      const address = directAddress(definition, deps);
      if (address === undefined) goOn();
      else {
        const to = { connect: deps.connect, address, port: definition.url.port };
        askDirectly(definition, to, deadline, (answer) => {
          if (isFollowed(definition, answer)) goOn(answer);
          else end(outcomeOf(definition, answer));
        });
      }
    });
