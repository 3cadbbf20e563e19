/** How a bridge was chosen, as limits: each one that was looked at, in which pass, and why it was not taken. */
import type { Limit } from '../security/assessment.ts';
import type { Allocation, Candidate } from './bridge-selection.ts';

/** In the order in which they were looked at. `level` is what they allow: nothing here lowers a level. */
export function allocationLimits(
  { candidates }: Pick<Allocation, 'candidates'>,
  level: Limit['level'] = 'encrypted',
): readonly Limit[] {
  return candidates.map((candidate) => ({
    rule: 'D-03',
    level,
    fact: factOf(candidate),
    device: candidate.bridge,
  }));
}

function factOf({ bridge, pass, passedOver }: Candidate): string {
  const why = {
    'not-registered': 'is not registered',
    draining: 'gets no new conference until its saved configuration is in force',
    full: 'has no room left',
    'other-security':
      pass === 'wanted' ? 'is not of the wanted security' : 'was looked at before already',
    'more-loaded': 'carries more than another one',
  };
  const chosen =
    pass === 'wanted' ? 'was chosen' : 'was chosen, for want of one of the wanted security';
  return `Conference bridge ${bridge} ${passedOver ? why[passedOver] : chosen}.`;
}
