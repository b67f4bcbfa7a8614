/** O processo de carga: roda uma parte, conta por IPC o que mediu, e desfaz o que abriu, também quando o interrompem. */

import { PARTES } from './partes/todas.js';
import { Abertos } from './processos.js';

const { pastaComum, rodadas, duracaoMs } = JSON.parse(process.env['BENCH']);
const abertos = new Abertos();
const contar = (mensagem) => process.connected && process.send(mensagem);

let encerrando = false;
async function encerrar(status) {
  if (encerrando) return;
  encerrando = true;
  await abertos.close();
  process.exit(status);
}

for (const sinal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(sinal, () => encerrar(1));
// Quem conduz morreu de repente: ninguém mais quer a medida, mas os processos ainda têm de acabar.
process.on('disconnect', () => encerrar(1));

const bancada = {
  abertos,
  /** Uma pasta que todas as partes desta execução compartilham. */
  pastaComum,
  rodadas,
  duracaoMs,
  linha: (linha) => contar({ linha }),
  conferencia: (confirmadas, entregas, defeitos) => contar({ conferencia: { confirmadas, entregas, defeitos } }),
};

try {
  const parte = PARTES.find(({ nome }) => nome === process.argv[2]);
  await parte.medir(bancada);
  await encerrar(0);
} catch (erro) {
  if (!encerrando) contar({ falha: erro.stack });
  await encerrar(1);
}
