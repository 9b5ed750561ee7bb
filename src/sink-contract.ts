/**
 * What every sink must do, as a suite for any test runner: each case is a title and a function that rejects if the sink
 * misbehaves.
 *
 * The suite replaces the outbox: it writes batches, retries what was not confirmed, and then compares what the sink's
 * system holds with what was written.
 */
import { closingCases } from './sinks/contract/closing.ts';
import { contentCases } from './sinks/contract/content.ts';
import { failureCases } from './sinks/contract/failures.ts';
import { orderCases } from './sinks/contract/order.ts';
import { refusalCases } from './sinks/contract/refusals.ts';
import type { ContractCase, SinkSubject } from './sinks/contract/subject.ts';

export { makeDelivery } from './sinks/contract/deliveries.ts';
export type {
  BrokenSink,
  ContractCase,
  Received,
  SinkServer,
  SinkSubject,
} from './sinks/contract/subject.ts';
export type { Delivery, DeliveryFormat } from './sinks/delivery.ts';
export type { Receipt, Sink } from './sinks/sink.ts';

/** The cases for a sink. Run them one after the other: some stop the system behind it. */
export function sinkContract(subject: SinkSubject): readonly ContractCase[] {
  return [
    ...orderCases(subject),
    ...contentCases(subject),
    ...refusalCases(subject),
    ...closingCases(subject),
    ...failureCases(subject),
  ];
}
