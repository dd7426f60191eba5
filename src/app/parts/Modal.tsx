// A modal sheet: the browser's own dialog, which keeps the focus inside and closes on Escape.
import { type ReactNode, useEffect, useRef } from 'react';
import { closeDialog } from '../../store/viewStore.ts';
import { Icon } from '../icons/Icon.tsx';

interface Props {
  readonly label: string;
  readonly className: string;
  readonly children: ReactNode;
}

export function Modal({ label, className, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    if (element && !element.open) element.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a modal dialog; the click is for its backdrop.
    <dialog
      ref={dialog}
      className={className}
      aria-label={label}
      onClose={closeDialog}
      onClick={(event) => {
        if (event.target === dialog.current) closeDialog();
      }}
    >
      {children}
    </dialog>
  );
}

export function ModalHead({ title }: { title: string }) {
  return (
    <div className="dialog-head">
      <h2>{title}</h2>
      <button type="button" className="btn btn--icon" aria-label="Close" onClick={closeDialog}>
        <Icon name="close" />
      </button>
    </div>
  );
}
