/** The texts of the question before unsaved changes go. */
export const zh = { title: '放弃未保存的更改？', stay: '继续编辑', go: '放弃更改' }
export const en: typeof zh = { title: 'Discard unsaved changes?', stay: 'Go on editing', go: 'Discard' }
