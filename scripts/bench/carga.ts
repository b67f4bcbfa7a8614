/** O processo de carga: roda uma parte, conta por IPC o que mediu, e desfaz o que abriu, também quando o interrompem. */

import { Pilha } from '../comum/pilha.ts';
import type { Bancada } from './bancada.ts';
import type { Linha } from './medidas/linhas.ts';
import { PARTES } from './partes/todas.ts';

/** O que a carga recebe no primeiro argumento, em JSON. */
export type Encargo = Pick<Bancada, 'raiz' | 'pastaComum' | 'rodadas' | 'duracaoMs' | 'perfil'> & {
  readonly parte: string;
};

/** O que ela conta: um deles por mensagem. */
export interface Noticia {
  readonly linha?: Linha;
  readonly conferencia?: {
    readonly confirmadas: number;
    readonly entregas: number;
    readonly defeitos: readonly string[];
  };
  readonly falha?: string;
}

const { parte: nome, ...encargo } = JSON.parse(process.argv[2] ?? '') as Encargo;
const pilha = new Pilha();
const contar = (noticia: Noticia) => {
  if (process.connected) process.send?.(noticia);
};
const contarFalha = (erro: unknown) => contar({ falha: erro instanceof Error ? String(erro.stack) : String(erro) });

let encerrando = false;
async function encerrar(status: number): Promise<void> {
  if (encerrando) return;
  encerrando = true;
  await pilha.close().catch(contarFalha);
  process.exit(status);
}

for (const sinal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(sinal, () => void encerrar(1));
// O que se quebra numa resposta não é de nenhuma promessa; os processos que a parte abriu também têm de acabar.
process.on('uncaughtException', (erro) => {
  if (!encerrando) contarFalha(erro);
  void encerrar(1);
});
// Quem conduz morreu de repente: ninguém mais quer a medida, mas os processos ainda têm de acabar.
process.on('disconnect', () => void encerrar(1));

try {
  const parte = PARTES.find((uma) => uma.nome === nome);
  if (!parte) throw new Error(`não há a parte ${nome}`);
  await parte.medir({
    ...encargo,
    pilha,
    linha: (linha) => contar({ linha }),
    conferencia: (confirmadas, entregas, defeitos) => contar({ conferencia: { confirmadas, entregas, defeitos } }),
  });
  await encerrar(0);
} catch (erro) {
  if (!encerrando) contarFalha(erro);
  await encerrar(1);
}
