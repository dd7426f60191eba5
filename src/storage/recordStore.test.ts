import { fakeDirectory } from './fakeDirectory.ts';
import { memoryStore } from './memoryStore.ts';
import { opfsStore } from './opfs.ts';
import { describeRecordStore } from './recordStoreLaws.ts';

describeRecordStore('memory', async () => memoryStore());
describeRecordStore('OPFS with sync access handles', async () => opfsStore(fakeDirectory('sync')));
describeRecordStore('OPFS with streams', async () => opfsStore(fakeDirectory('stream')));
