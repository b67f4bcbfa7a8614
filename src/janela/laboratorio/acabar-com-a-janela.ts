/** Carregado antes de cada processo do laboratório: se a janela morre sem aviso, ele não fica para trás. */

process.on('disconnect', () => process.exit(1));
// A janela pode ter morrido antes de este processo começar: então já não há aviso por vir.
if (!process.connected) process.exit(1);
process.channel?.unref();
