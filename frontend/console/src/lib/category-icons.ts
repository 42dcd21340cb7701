import { Box, BrushCleaning, CircleEllipsis, HardHat, Megaphone, Siren, Store, TrafficCone, Trash2, TreePine, Zap } from '@lucide/vue'
import type { Component } from 'vue'

/** The icon of each major class of the catalogue. A class that a city adds later has the plain one. */
export const MAJOR_ICONS: Record<string, Component> = {
  'C-01': Zap,
  'C-02': TrafficCone,
  'C-03': Trash2,
  'C-04': TreePine,
  'C-05': Box,
  'E-01': BrushCleaning,
  'E-02': Megaphone,
  'E-03': HardHat,
  'E-04': Store,
  'E-05': Siren,
}
export const PLAIN_ICON: Component = CircleEllipsis
