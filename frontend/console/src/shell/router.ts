/** The pages of the console, each with an address of its own. `twin/web.py` serves the same page for all of them. */
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'

const routes: RouteRecordRaw[] = [
  { path: '/', name: 'console', component: () => import('./ConsolePage.vue') },
  { path: '/zones', name: 'zones', component: () => import('@/zones/ZonesPage.vue') },
  { path: '/zones/import', name: 'zones-import', component: () => import('@/zones-import/ImportPage.vue') },
  { path: '/scenes', name: 'scenes', component: () => import('@/scene/ScenesPage.vue') },
  { path: '/scenes/:kind/:code', name: 'scene', component: () => import('@/scene/SceneRoute.vue'), props: true },
  { path: '/departments/:code?', name: 'departments', component: () => import('@/departments/DepartmentsPage.vue') },
  { path: '/inbox', name: 'inbox', component: () => import('@/tasks/InboxPage.vue') },
  { path: '/rules', name: 'rules', component: () => import('@/rules/RulesPage.vue') },
  { path: '/register', name: 'register', component: () => import('@/register/RegisterPage.vue') },
  { path: '/call-backs', name: 'call-backs', component: () => import('@/register/CallBacksPage.vue') },
  { path: '/workflow', name: 'workflow', component: () => import('@/workflow/WorkflowPage.vue') },
  { path: '/calendars', name: 'calendars', component: () => import('@/calendars/CalendarsPage.vue') },
  { path: '/ladders', name: 'ladders', component: () => import('@/ladders/LaddersPage.vue') },
  { path: '/catalogue', name: 'catalogue', component: () => import('@/catalogue/CataloguePage.vue') },
  { path: '/catalogue/import', name: 'catalogue-import', component: () => import('@/catalogue/ImportPage.vue') },
  { path: '/wall', name: 'wall', component: () => import('@/wall/WallPage.vue') },
  { path: '/:rest(.*)*', name: 'nowhere', component: () => import('./NowherePage.vue') },
]

export const router = createRouter({ history: createWebHistory(), routes })
