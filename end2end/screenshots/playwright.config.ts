import { defineConfig } from '@playwright/test';
import tests from '../playwright.config.ts';

export default defineConfig({ ...tests, projects: undefined, testDir: '.', testMatch: 'take.ts', outputDir: '../../target/screenshots', timeout: 900_000 });
