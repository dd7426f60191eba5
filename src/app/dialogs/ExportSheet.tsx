// Export: each file is written, read back and run by the trainer before it is offered; the deviation stands beside it.
import { planHash } from '../../plan/hash.ts';
import { selectPlan, useDocument } from '../../store/documentStore.ts';
import { useSession } from '../../store/sessionStore.ts';
import { exportModel } from '../../store/trainerSession.ts';
import type { ExportedFile, ExportFormat } from '../../workers/protocol.ts';
import { savePlan } from '../commands/file.ts';
import { bytesText, small } from '../format/numbers.ts';
import { Icon } from '../icons/Icon.tsx';
import { download } from '../parts/files.ts';
import { Modal, ModalHead } from '../parts/Modal.tsx';

const formats: readonly { readonly id: ExportFormat; readonly title: string; readonly about: string }[] = [
  {
    id: 'safetensors',
    title: 'Weights, safetensors',
    about:
      'Every tensor under its checkpoint name, with the plan inside. Drop it on this window to open it again.',
  },
  {
    id: 'onnx',
    title: 'Model, ONNX',
    about: 'The network that predicts the noise, for any ONNX runtime, with the plan inside.',
  },
];

export function ExportSheet() {
  const plan = useDocument(selectPlan);
  const hash = planHash(plan);
  const trained = useSession((state) => state.summaries[hash] !== undefined);
  const grafted = Object.keys(plan.slots).length > 0;
  return (
    <Modal label="Export" className="export">
      <ModalHead title="Export" />
      <div className="dialog-body">
        {grafted && !trained && (
          <p className="caption note">This plan has not been grafted yet: its new operators are untrained.</p>
        )}
        {formats.map((format) => (
          <FormatRow key={format.id} {...format} hash={hash} />
        ))}
        <div className="format">
          <div>
            <strong className="strong">Plan, JSON</strong>
            <p>Slots, operators and recipe, about 1 KB, without weights.</p>
          </div>
          <button type="button" className="btn btn--outline" onClick={savePlan}>
            Save
          </button>
        </div>
      </div>
    </Modal>
  );
}

function FormatRow({
  id,
  title,
  about,
  hash,
}: {
  id: ExportFormat;
  title: string;
  about: string;
  hash: string;
}) {
  const state = useSession((session) => session.exports[id]);
  const fresh = state.state === 'done' && state.planHash === hash ? state.file : null;
  return (
    <div className="format" data-format={id}>
      <div>
        <strong className="strong">{title}</strong>
        <p>{about}</p>
      </div>
      {fresh ? (
        <button type="button" className="btn btn--primary" onClick={() => save(fresh)}>
          Save, {bytesText(fresh.bytes.byteLength)}
        </button>
      ) : (
        <button
          type="button"
          className="btn btn--outline"
          disabled={state.state === 'working'}
          onClick={() => void exportModel(id)}
        >
          {state.state === 'working' ? 'Writing and checking…' : 'Write and check'}
        </button>
      )}
      {fresh && <Outcome file={fresh} />}
      {state.state === 'failed' && (
        <div className="outcome outcome--error" role="alert">
          <Icon name="warn" /> {state.sentence}
        </div>
      )}
    </div>
  );
}

function Outcome({ file }: { file: ExportedFile }) {
  return (
    <div className="outcome">
      <Icon name="check" />
      <span>
        Largest deviation <span className="num strong">{small(file.maxDeviation)}</span> over {file.inputs}{' '}
        inputs. {file.checked}
      </span>
    </div>
  );
}

function save(file: ExportedFile): void {
  download(file.name, new Blob([file.bytes], { type: 'application/octet-stream' }));
}
