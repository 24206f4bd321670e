// limits: memory_mb=256
const server = require('net').createServer();
server.on('error', () => console.log('refused'));
server.listen(0, '127.0.0.1', () => { console.log('listening'); server.close(); });
