// limits: memory_mb=256
const fs = require('fs');
let said = 'refused';
for (const act of [() => fs.readFileSync('@file@'), () => fs.readdirSync('@dir@'), () => fs.writeFileSync('@dir@/n', 'x')])
  try { act(); said = 'done'; } catch (error) { if (!['EACCES', 'ENOENT', 'EPERM', 'EROFS'].includes(error.code)) said = error.code; }
console.log(said);
