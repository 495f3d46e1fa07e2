/** Storages of browsers: their own, and what users download and choose. */
export { DownloadStorage, downloadStorage } from './browser/download-storage';
export { IndexedDBStorage, indexedDBStorage } from './browser/indexed-db-storage';
export { OpfsStorage, opfsStorage } from './browser/opfs-storage';
export { type ChosenFile, UploadStorage, uploadStorage } from './browser/upload-storage';
