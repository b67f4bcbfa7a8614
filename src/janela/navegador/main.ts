/** A página da janela: liga as notícias à história, e a história ao que se vê. */

import type { Garantia } from '../../contract/janela.ts';
import type { Noticia } from '../noticias.ts';
import { Historia } from '../pagina/historia.ts';
import { Andamento } from '../pagina/licoes/andamento.ts';
import type { Situacao } from '../pagina/licoes/licoes.ts';
import { LicoesFeitas } from '../pagina/licoes/licoes-feitas.ts';
import { RitmoDasLeituras } from '../pagina/ritmo-das-leituras.ts';
import { Tempo } from '../pagina/tempo.ts';
import { escutar, lerConvite } from './conexao.ts';
import { achar } from './elementos.ts';
import { Figura } from './figura/figura.ts';
import { BarraDoTempo } from './paineis/barra-do-tempo.ts';
import { Detalhes } from './paineis/detalhes.ts';
import { Dicas } from './paineis/dicas.ts';
import { PainelDasFalhas } from './paineis/painel-das-falhas.ts';
import { PainelDasLicoes } from './paineis/painel-das-licoes.ts';
import { PainelDoVeredito } from './paineis/painel-do-veredito.ts';
import { TabelaDoBinder } from './paineis/tabela-do-binder.ts';
import { prepararSalvar } from './salvar.ts';

/** A cada quanto tempo se refaz o que não é a figura, em ms. */
const RITMO_DOS_PAINEIS_MS = 250;

const historia = new Historia();
const tempo = new Tempo();
const detalhes = new Detalhes(historia);
const figura = new Figura(historia, tempo, (chamada) => detalhes.mostrar(chamada));
const barra = new BarraDoTempo(tempo, historia);
const tabela = new TabelaDoBinder(historia);
const veredito = new PainelDoVeredito();
const dicas = new Dicas();
const ritmo = new RitmoDasLeituras();
let garantias: Readonly<Record<Garantia, boolean>> = { chave: true, cursor: true, espera: true, lease: true };
const causadas: Situacao['falhas'][number][] = [];

const falhas = new PainelDasFalhas(
  lerConvite(),
  () => historia.faixas(),
  ({ falha, alvo }) => causadas.push({ falha, alvo, quandoMs: historia.agoraMs }),
);
const licoes = new PainelDasLicoes({
  andamento: new Andamento(new LicoesFeitas(() => localStorage), historia),
  situacao: (desdeMs) => ({ historia, veredito: veredito.veredito, garantias, falhas: causadas, desdeMs }),
  ritmos: () => ritmo.ritmos,
  aoComecar: () => veredito.zerar(),
  mostrarProva: ({ chamada, quandoMs }, voltar) => {
    figura.destacar(chamada, quandoMs, voltar);
    barra.mostrar();
  },
});
prepararSalvar(
  historia,
  () => figura.vista(),
  () => figura.paleta,
);

escutar(receber, (conectada) => {
  achar('aviso').textContent = conectada
    ? ''
    : 'A janela não responde. A figura parou; a página tenta de novo sozinha.';
});
setInterval(atualizarPaineis, RITMO_DOS_PAINEIS_MS);

function receber(noticia: Noticia): void {
  switch (noticia.tipo) {
    case 'processo':
    case 'acontecimento':
      historia.receber(noticia);
      break;
    case 'hora':
      figura.acertar(noticia.quandoMs);
      break;
    case 'veredito':
      veredito.receber(noticia.veredito);
      break;
    case 'garantias':
      garantias = noticia.garantias;
      falhas.mostrarGarantias(garantias);
      break;
    case 'redes_cortadas':
      falhas.mostrarRedes(noticia.nomes);
      break;
    case 'nao_contados':
      achar('aviso').textContent = `${noticia.quantos} acontecimentos não couberam e não foram contados.`;
      break;
  }
}

function atualizarPaineis(): void {
  historia.acompanhar(tempo.ritmo === 'ao vivo');
  falhas.atualizar();
  barra.acompanhar(figura.instanteMs);
  tabela.mostrar(figura.instanteMs);
  ritmo.medir(historia, garantias.espera);
  licoes.conferir();
  detalhes.atualizar();
  dicas.conferir();
}
