/** Whether a browser draws with the processor alone: then the map leaves out what costs most. */
import { ref } from 'vue'
import { preferences } from '@/store/preferences'

const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i

export const isSoftware = (renderer: string): boolean => SOFTWARE.test(renderer)

/** True while what was chosen was not the person's choice. */
export const chosenBySelf = ref(false)

/** Looks once in the life of this browser; what a person chooses after that stays. */
export function chooseGraphics(): void {
  if (preferences.graphicsSeen) return
  const gl = document.createElement('canvas').getContext('webgl2')
  if (!gl) return
  const named = gl.getExtension('WEBGL_debug_renderer_info')
  const renderer = String(gl.getParameter(named ? named.UNMASKED_RENDERER_WEBGL : gl.RENDERER))
  gl.getExtension('WEBGL_lose_context')?.loseContext()
  preferences.graphicsSeen = true
  if (isSoftware(renderer)) preferences.lowGraphics = chosenBySelf.value = true
}
