import '@fontsource-variable/inter/wght.css'
import './theme/base.css'
import { createApp } from 'vue'
import App from './App.vue'
import { i18n } from './i18n'
import { router } from './shell/router'
import { followPreferences } from './store/preferences'
import { FONT, MONO } from './theme/tokens'

document.documentElement.style.setProperty('--font', FONT)
document.documentElement.style.setProperty('--mono', MONO)
followPreferences()
createApp(App).use(i18n).use(router).mount('#app')
