/**
 * At the end of a leg its devices are asked how its media was: the bridge of a conference, and phones that
 * speak SCCP. Nothing waits for the answers: what is not answered in time is forgotten.
 */
import type { CallDetailRecord, CallQualityRecord, MediaFigures } from '@conclave/core';

/** A device answers at once or never. */
const ANSWER_MS = 10_000;

/** Beyond, the oldest question is given up: every leg of a full cluster ends within those seconds. */
const QUESTIONS_MAX = 10_000;

type Question = Omit<CallQualityRecord, 'figures'> & { readonly askedMs: number };

export interface QualityPorts {
  /** False for a device that cannot be asked. */
  ask(device: string, number: string, leg: number): boolean;
  record(record: CallQualityRecord): void;
}

export class QualityQuestions {
  readonly #ports: QualityPorts;
  /** In the order in which they were asked, as every device answers them. */
  readonly #questions = new Set<Question>();

  constructor(ports: QualityPorts) {
    this.#ports = ports;
  }

  /** Asks both sides of a leg that has ended; a bridge knows it by the participant's leg. */
  legEnded(record: CallDetailRecord, nowMs: number): void {
    this.#forget(nowMs);
    const { connectedMs, disconnectedMs: endedMs, globalCallId, originating, destination } = record;
    if (connectedMs === undefined) return;
    const durationMs = endedMs - connectedMs;
    for (const { device, number, partition, leg } of [originating, destination]) {
      if (device === undefined) continue;
      const asked = leg === 0 ? originating.leg : leg;
      if (!this.#ports.ask(device, number, asked)) continue;
      const call = { globalCallId, leg: asked, device, number, partition, endedMs, durationMs };
      this.#questions.add({ ...call, askedMs: nowMs });
    }
  }

  /** Whether this was the answer to a question. */
  answered(device: string, leg: number, figures: MediaFigures, nowMs: number): boolean {
    this.#forget(nowMs);
    for (const question of this.#questions) {
      if (question.device !== device || question.leg !== leg) continue;
      this.#questions.delete(question);
      const { askedMs: _asked, ...call } = question;
      this.#ports.record({ ...call, figures });
      return true;
    }
    return false;
  }

  #forget(nowMs: number): void {
    for (const question of this.#questions) {
      const isOld = nowMs - question.askedMs > ANSWER_MS;
      if (!isOld && this.#questions.size < QUESTIONS_MAX) return;
      this.#questions.delete(question);
    }
  }
}
