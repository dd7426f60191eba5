// What prints an operator as PyTorch: one class, readable on its own, and the call that builds it for a slot.
import type { SlotSite } from '../../../../operators/operator.ts';
import type { OperatorConfig } from '../../../../plan/plan.ts';

export interface PytorchPrinter {
  /** Id of the operator that it prints. */
  readonly operator: string;
  readonly className: string;
  /** Python definitions that the class needs, by name: several operators may share one. */
  readonly needs: readonly PytorchHelper[];
  /** The class; its parameters have the names of the checkpoint below the slot. */
  readonly source: string;
  /** Arguments of the constructor in this slot. */
  arguments(config: OperatorConfig, site: SlotSite): string;
}

export interface PytorchHelper {
  readonly name: string;
  readonly source: string;
}
