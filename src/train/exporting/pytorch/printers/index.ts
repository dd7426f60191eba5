// The printers by operator.
import { known } from '../../../../lib/errors.ts';
import { hyenaPrinters } from './hyena.ts';
import { mamba2Printer } from './mamba2.ts';
import { mhaPrinter } from './mha.ts';
import { mlpPrinter } from './mlp.ts';
import { mlpHyenaXPrinter } from './mlpHyenaX.ts';
import type { PytorchPrinter } from './printer.ts';
import { swaPrinter } from './swa.ts';

export type { PytorchPrinter } from './printer.ts';

export const printers: readonly PytorchPrinter[] = [
  mhaPrinter,
  swaPrinter,
  ...hyenaPrinters,
  mamba2Printer,
  mlpPrinter,
  mlpHyenaXPrinter,
];

export function printerOf(operator: string): PytorchPrinter {
  return known(
    printers.find((printer) => printer.operator === operator),
    `the PyTorch printer of ${operator}`,
  );
}
