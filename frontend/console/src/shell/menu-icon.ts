import { h, type Component, type VNodeChild } from 'vue'

/** An icon as a dropdown takes it. */
export const menuIcon = (icon: Component) => (): VNodeChild => h(icon, { size: 15, strokeWidth: 1.75 })
