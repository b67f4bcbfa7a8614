/**
 * O bench: `npm run bench` roda todas as partes e mostra a tabela; `npm run bench -- NOME` roda uma.
 * Com `--contra PASTA`, cada parte roda também no checkout dessa pasta, em vezes alternadas, e a tabela compara os dois.
 */

import { existsSync } from 'node:fs';
import { pastaTemporaria } from '../comum/pasta.ts';
import { mainDe } from '../comum/processos.ts';
import { RAIZ } from '../comum/raiz.ts';
import { avisar, Conducao, type Relato } from './conducao.ts';
import { comparar, montarComparacao } from './medidas/contra.ts';
import { emJson, montarTabela } from './medidas/tabela.ts';
import { lerPedido, type Opcoes } from './opcoes.ts';
import { PARTES } from './partes/todas.ts';

const STATUS_DE_FALHA = 1;
const STATUS_DE_USO_ERRADO = 2;

function escrever(texto: string): void {
  process.stdout.write(`${texto}\n`);
}

/** Todas as partes neste checkout. @returns se nada se perdeu e nada falhou */
async function medir({ partes, json, rodadas, duracaoMs, perfil }: Opcoes): Promise<boolean> {
  using pastaComum = pastaTemporaria();
  const conducao = new Conducao((parte, linha) => {
    if (json) escrever(emJson(parte.nome, linha));
  });
  conducao.obedecerASinais();
  const encargo = { raiz: RAIZ, pastaComum: pastaComum.caminho, rodadas, duracaoMs, perfil };
  const relatos = new Map<string, Relato>();
  for (const parte of partes) {
    relatos.set(parte.nome, await conducao.rodar(parte, encargo));
    if (conducao.interrompida) return false;
  }
  if (!json) escrever(montarTabela(new Map([...relatos].map(([nome, { linhas }]) => [nome, linhas]))));
  return concluir([...relatos.values()], json);
}

/** Cada parte neste checkout e no outro, em vezes alternadas. @returns se nada se perdeu, falhou ou ficou pior */
async function medirContra(outro: string, opcoes: Opcoes): Promise<boolean> {
  const { partes, json, rodadas, duracaoMs, perfil, vezes } = opcoes;
  using pastaDeste = pastaTemporaria();
  using pastaDoOutro = pastaTemporaria();
  const conducao = new Conducao(() => {});
  conducao.obedecerASinais();
  const lados = {
    este: { raiz: RAIZ, pastaComum: pastaDeste.caminho, rodadas, duracaoMs, perfil },
    outro: { raiz: outro, pastaComum: pastaDoOutro.caminho, rodadas, duracaoMs, perfil },
  };
  const todos: Relato[] = [];
  const comparacoes = new Map<string, ReturnType<typeof comparar>>();
  for (const parte of partes) {
    const relatos = { este: [] as Relato[], outro: [] as Relato[] };
    for (let vez = 0; vez < vezes; vez += 1) {
      // Quem vai primeiro também se alterna: o que a máquina muda com o tempo pesa igual nos dois.
      for (const lado of vez % 2 === 0 ? (['este', 'outro'] as const) : (['outro', 'este'] as const)) {
        const titulo = `${parte.nome} (${lado}, ${vez + 1} de ${vezes})`;
        relatos[lado].push(await conducao.rodar(parte, lados[lado], titulo));
        if (conducao.interrompida) return false;
      }
    }
    const linhasDe = (lista: readonly Relato[]) => lista.map(({ linhas }) => linhas);
    const daParte = comparar(linhasDe(relatos.este), linhasDe(relatos.outro));
    comparacoes.set(parte.nome, daParte);
    todos.push(...relatos.este, ...relatos.outro);
    if (json) for (const comparacao of daParte) escrever(JSON.stringify({ parte: parte.nome, ...comparacao }));
  }
  if (!json) escrever(montarComparacao(comparacoes));
  const piores = [...comparacoes.values()].flat().filter(({ veredito }) => veredito === 'pior');
  if (!json) escrever(`\n${piores.length} linhas piores além da própria variação.`);
  return concluir(todos, json) && piores.length === 0;
}

/** Conta o que se conferiu. @returns se nada se perdeu e nada falhou */
function concluir(relatos: readonly Relato[], json: boolean): boolean {
  const confirmadas = relatos.reduce((soma, relato) => soma + relato.confirmadas, 0);
  const entregas = relatos.reduce((soma, relato) => soma + relato.entregas, 0);
  const defeitos = relatos.flatMap((relato) => relato.defeitos);
  if (json) escrever(JSON.stringify({ parte: 'conferência', confirmadas, entregas, defeitos }));
  else {
    escrever(
      `\nConferência: ${confirmadas.toLocaleString('pt-BR')} mensagens confirmadas, ` +
        `${entregas.toLocaleString('pt-BR')} entregas conferidas, ${defeitos.length} defeitos.`,
    );
  }
  for (const defeito of defeitos.slice(0, 20)) avisar(`  ${defeito}`);
  return defeitos.length === 0 && relatos.every(({ falha }) => falha === undefined);
}

async function executar(): Promise<number> {
  const pedido = lerPedido(process.argv.slice(2), PARTES);
  if (pedido.tipo === 'erro') {
    avisar(`bench: ${pedido.motivo}`);
    return STATUS_DE_USO_ERRADO;
  }
  if (pedido.tipo === 'mostrar') {
    escrever(pedido.texto);
    return 0;
  }
  const { contra } = pedido.opcoes;
  const semDist = [RAIZ, contra].find((raiz) => raiz !== undefined && !existsSync(mainDe('server', raiz)));
  if (semDist !== undefined) {
    avisar(`bench: falta dist/ em ${semDist}; rode ali npm run build`);
    return STATUS_DE_FALHA;
  }
  const bem = contra === undefined ? await medir(pedido.opcoes) : await medirContra(contra, pedido.opcoes);
  return bem ? 0 : STATUS_DE_FALHA;
}

process.exitCode = await executar();
