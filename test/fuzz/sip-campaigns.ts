/** What of SIP is fuzzed, each with the seeds that it begins with. */
import { mutate, mutateLines } from '@conclave/testkit';
import type { Campaign } from './fuzz.ts';
import { checkSdp } from './sdp-target.ts';
import { checkSipCodec } from './sip-codec-target.ts';
import { sdpCorpus, sipCorpus } from './sip-corpus.ts';
import { checkSipLines } from './sip-lines-target.ts';
import { checkSipUserAgent } from './sip-user-agent-target.ts';

export const CODEC: Campaign = {
  name: 'codec',
  corpus: sipCorpus(),
  mutate,
  target: checkSipCodec,
};

export const DESCRIPTIONS: Campaign = {
  name: 'descriptions',
  corpus: sdpCorpus(),
  mutate: mutateLines,
  target: checkSdp,
};

export const USER_AGENT: Campaign = {
  name: 'user-agent',
  corpus: sipCorpus(),
  mutate,
  target: checkSipUserAgent,
};

export const LINES: Campaign = {
  name: 'lines',
  corpus: sipCorpus(),
  mutate,
  target: checkSipLines,
};
