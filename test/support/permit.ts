/** A token of an ACL Consul that can be taken away, given back, and allowed more or less. */
import type { TestConsul } from './consul.ts';

export interface Permit {
  /** The token's secret. */
  readonly token: string;
  /** The token may do just this from now on, in Consul's rules. */
  allow(rules: string): Promise<void>;
  /** Deletes the token: Consul knows it no more. */
  revoke(): Promise<void>;
  /** Makes the token anew, with the same secret. */
  giveBack(): Promise<void>;
}

/** `name` tells permits of one Consul apart. */
export async function issuePermit(consul: TestConsul, name: string, rules: string): Promise<Permit> {
  // safe: what Consul answers to these two
  const policy = (await consul.put('/acl/policy', { Name: name, Rules: rules })) as { readonly ID: string };
  const issue = async (secret?: string) =>
    (await consul.put('/acl/token', {
      ...(secret === undefined ? {} : { SecretID: secret }),
      Policies: [{ ID: policy.ID }],
    })) as { readonly AccessorID: string; readonly SecretID: string };
  let issued = await issue();
  return {
    token: issued.SecretID,
    async allow(next) {
      await consul.put(`/acl/policy/${policy.ID}`, { ID: policy.ID, Name: name, Rules: next });
    },
    async revoke() {
      await consul.delete(`/acl/token/${issued.AccessorID}`);
    },
    async giveBack() {
      issued = await issue(issued.SecretID);
    },
  };
}
