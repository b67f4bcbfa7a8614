/** Carregado antes de cada processo do laboratório: se a janela morre sem aviso, ele não fica para trás. */

process.on('disconnect', () => process.exit(1));
process.channel?.unref();
