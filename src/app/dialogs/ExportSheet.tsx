// Export: each file is written and read back before it is offered; what the check found stands beside it.
import { planHash } from '../../plan/hash.ts';
import { selectPlan, useDocument } from '../../store/documentStore.ts';
import { selectModel, useSession } from '../../store/sessionStore.ts';
import type { ExportedFile } from '../../workers/protocol.ts';
import { type ExportEntry, exportFormats } from '../commands/exportFormats.ts';
import { savePlan } from '../commands/file.ts';
import { bytesText, small } from '../format/numbers.ts';
import { Icon } from '../icons/Icon.tsx';
import { download } from '../parts/files.ts';
import { Modal, ModalHead } from '../parts/Modal.tsx';

export function ExportSheet() {
  const plan = useDocument(selectPlan);
  const hash = planHash(plan);
  const trained = useSession((state) => state.summaries[hash] !== undefined);
  const grafted = Object.keys(plan.slots).length > 0;
  const limits = useSession((state) => selectModel(state)?.limits);
  return (
    <Modal label="Export" className="export">
      <ModalHead title="Export" />
      <div className="dialog-body">
        {grafted && !trained && (
          <p className="caption note">
            {limits?.training
              ? 'This model is not trained here: its new operators are exported untrained.'
              : 'This plan has not been grafted yet: its new operators are untrained.'}
          </p>
        )}
        {exportFormats.map((format) => (
          <FormatRow key={format.id} format={format} hash={hash} />
        ))}
        <div className="format" data-format="json">
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

function FormatRow({ format, hash }: { format: ExportEntry; hash: string }) {
  const { id, title, about, write } = format;
  const state = useSession((session) => session.exports[id]);
  const fresh = state?.state === 'done' && state.planHash === hash ? state.file : null;
  const working = state?.state === 'working';
  return (
    <div className="format" data-format={id}>
      <div>
        <strong className="strong">{title}</strong>
        <p>{about}</p>
      </div>
      {fresh ? (
        <button type="button" className="btn btn--primary" onClick={() => download(fresh.name, fresh.blob)}>
          Save, {bytesText(fresh.blob.size)}
        </button>
      ) : (
        <button
          type="button"
          className="btn btn--outline"
          aria-label={working ? `Writing ${title}` : `Write and check: ${title}`}
          aria-disabled={working}
          onClick={() => (working ? undefined : void write())}
        >
          {working ? 'Writing and checking…' : 'Write and check'}
        </button>
      )}
      {fresh && <Outcome file={fresh} />}
      {state?.state === 'failed' && (
        <div className="outcome outcome--error" role="alert">
          <Icon name="warn" /> {state.sentence}
        </div>
      )}
    </div>
  );
}

function Outcome({ file }: { file: ExportedFile }) {
  const { maxDeviation, inputs, checked } = file;
  return (
    <div className="outcome">
      <Icon name="check" />
      <span>
        {maxDeviation !== null && (
          <>
            Largest deviation <span className="num strong">{small(maxDeviation)}</span> over {inputs} inputs.{' '}
          </>
        )}
        {checked}
      </span>
    </div>
  );
}
