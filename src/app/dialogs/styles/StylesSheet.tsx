// Styles: an emoji, a concept in words, and the picture in that style from generated weights; beside it the fine-tune and
// the weights themselves. The worker starts when the sheet first opens and goes on when it is closed.
import '../../styles/generator.css';
import { useEffect } from 'react';
import { openStyles, showPane, stopDrawing } from '../../../store/styles/stylesSession.ts';
import { type StylesPane, useStyles } from '../../../store/styles/stylesStore.ts';
import type { StylesInfo } from '../../../workers/generatorProtocol.ts';
import { Icon } from '../../icons/Icon.tsx';
import { Modal, ModalHead } from '../../parts/Modal.tsx';
import { Tabs } from '../../parts/Tabs.tsx';
import { ConceptField } from './ConceptField.tsx';
import { EmojiPicker } from './EmojiPicker.tsx';
import { StartChoice } from './StartChoice.tsx';
import { StyledPicture } from './StyledPicture.tsx';
import { TunePane } from './TunePane.tsx';
import { WeightsPane } from './WeightsPane.tsx';

const panes: readonly { readonly id: StylesPane; readonly label: string }[] = [
  { id: 'tune', label: 'Fine-tune' },
  { id: 'weights', label: 'Weights' },
];

export function StylesSheet() {
  const opening = useStyles((state) => state.opening);
  useEffect(() => {
    void openStyles();
    return stopDrawing;
  }, []);
  return (
    <Modal label="Styles" className="studio">
      <ModalHead title="Styles" />
      {opening.state === 'ready' ? <Desk info={opening.info} /> : <Waiting />}
    </Modal>
  );
}

function Desk({ info }: { readonly info: StylesInfo }) {
  const pane = useStyles((state) => state.pane);
  return (
    <div className="studio-body">
      <EmojiPicker info={info} />
      <section className="studio-middle" aria-label="Picture">
        <ConceptField info={info} />
        <StyledPicture info={info} />
        <StartChoice info={info} />
      </section>
      <section className="studio-side" aria-label="Behind the picture">
        <Tabs
          label="Behind the picture"
          tabs={panes}
          current={pane}
          panel="studio-pane"
          onChange={(chosen) => void showPane(chosen)}
        />
        <div className="studio-pane" id="studio-pane" role="tabpanel" aria-labelledby={`studio-pane-${pane}`}>
          {pane === 'tune' ? <TunePane info={info} /> : <WeightsPane />}
        </div>
      </section>
    </div>
  );
}

/** What will be here, and what it waits for or lacks. */
function Waiting() {
  const opening = useStyles((state) => state.opening);
  return (
    <div className="empty">
      <strong>Say a style, see the picture in it</strong>
      <p>
        A small net writes the weights that make an image translator draw in the style of a phrase, in one
        step, here in the page.
      </p>
      {opening.state === 'failed' ? (
        <>
          <p className="problem problem--error" role="alert">
            <Icon name="warn" />
            <span>{opening.sentence}</span>
          </p>
          <button type="button" className="btn btn--outline" onClick={() => void openStyles()}>
            Try again
          </button>
        </>
      ) : (
        <p role="status">{opening.state === 'opening' ? `${opening.text}…` : ''}</p>
      )}
    </div>
  );
}
