import { judgeRules } from '../report/goals.ts';
import { toGoalTable, toRulesTable } from '../report/tables.ts';
import { measureRules } from './measure-rules.ts';

const figures = await measureRules();
console.log(`${toRulesTable(figures)}\n\n${toGoalTable(judgeRules(figures))}`);
