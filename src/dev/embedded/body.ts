/** Bodies in JSON of all endpoints but `/v1/txn`. */
import type { Decoder } from './decode.ts';
import { DecodeFault, jsonBody } from './json-body.ts';
import { type EmbeddedRequest, Refusal } from './request.ts';

/** Throws 400, with what is wrong after `fault`. */
export function bodyOf<T>(request: EmbeddedRequest, decode: Decoder<T>, fault = 'Request decode failed'): T {
  try {
    return decode(jsonBody(request), '');
  } catch (error) {
    if (error instanceof DecodeFault) throw new Refusal(400, `${fault}: ${error.message}`);
    throw error;
  }
}
