/** The texts of the question before unsaved changes go. */
export const zh = { title: '放弃未保存的更改？', body: '本页的更改尚未保存。', stay: '继续编辑', go: '放弃更改' }
export const en: typeof zh = {
  title: 'Discard unsaved changes?',
  body: 'What you changed on this page has not been saved.',
  stay: 'Go on editing',
  go: 'Discard',
}
