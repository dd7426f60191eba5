// `npm run study -- NAME`: measurements that support what the project claims, each by its name.
import { UserError } from '../lib/errors.ts';
import { runCommand } from './arguments.ts';
import { generatorStudy } from './generatorStudy.ts';
import { operatorStudy } from './operatorStudy.ts';

const studies: Readonly<Record<string, (argv: string[]) => Promise<void>>> = {
  generator: generatorStudy,
  operators: operatorStudy,
};

runCommand(async () => {
  const [name = '', ...rest] = process.argv.slice(2);
  const study = Object.hasOwn(studies, name) ? studies[name] : undefined;
  if (!study) {
    throw new UserError(
      `There is no study "${name}"; there are ${Object.keys(studies).join(', ')}, e.g. npm run study -- generator.`,
    );
  }
  await study(rest);
});
