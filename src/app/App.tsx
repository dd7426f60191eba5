// The frame: bars, panels, canvas, dock, and what floats above them.
import { type CSSProperties, useEffect } from 'react';
import { useSettings } from '../store/settingsStore.ts';
import { Canvas } from './canvas/Canvas.tsx';
import { Ghost } from './canvas/Ghost.tsx';
import { Preview } from './canvas/Preview.tsx';
import { listenForCanvasMenu } from './canvasMenu.ts';
import { DropZone } from './DropZone.tsx';
import { Dialogs } from './dialogs/Dialogs.tsx';
import { Dock } from './dock/Dock.tsx';
import { Inspector } from './inspector/Inspector.tsx';
import { LeftPanel } from './left/LeftPanel.tsx';
import { ContextMenu } from './parts/ContextMenu.tsx';
import { LiveRegion, Toast } from './status/LiveRegion.tsx';
import { StatusBar } from './status/StatusBar.tsx';
import { TabNotice } from './status/TabNotice.tsx';
import { UpdateNotice } from './status/UpdateNotice.tsx';
import { TopBar } from './topbar/TopBar.tsx';
import { Tour } from './tour/Tour.tsx';
import { useClipboard } from './useClipboard.ts';
import { useShortcuts } from './useShortcuts.ts';
import { useThemeAttribute } from './useTheme.ts';

export function App() {
  useThemeAttribute();
  useShortcuts();
  useClipboard();
  useEffect(listenForCanvasMenu, []);
  const { leftOpen, rightOpen, dockOpen, leftWidth, rightWidth, dockHeight } = useSettings();
  const sizes = {
    '--left': leftOpen ? `${leftWidth}px` : '0px',
    '--right': rightOpen ? `${rightWidth}px` : '0px',
    '--dock': dockOpen ? `min(${dockHeight}px, 50vh)` : '0px',
  };
  return (
    <div className="app" style={sizes as CSSProperties}>
      <Tour />
      <TopBar />
      {leftOpen && <LeftPanel />}
      <Canvas />
      {rightOpen && <Inspector />}
      {dockOpen && <Dock />}
      <StatusBar />
      <Preview />
      <Ghost />
      <Dialogs />
      <ContextMenu />
      <TabNotice />
      <UpdateNotice />
      <Toast />
      <LiveRegion />
      <DropZone />
    </div>
  );
}
