/**
 * A tabela das camadas: o que cada pasta de src/ pode importar, e o único lugar de cada biblioteca.
 * Os imports só descem: uma linha só nomeia linhas que estão acima dela. `npm run check` a confere.
 */

export interface Camada {
  /** De que linhas ela pode importar, além de si mesma. */
  readonly conhece: readonly string[];
  /** Por que essas e nenhuma outra: é o que o erro diz. */
  readonly porque: string;
  /** Roda em qualquer lugar, também num navegador: nenhum módulo `node:`. */
  readonly semNode?: true;
}

export interface Biblioteca {
  /** As pastas e os arquivos de src/ que a importam. */
  readonly onde: readonly string[];
  readonly porque: string;
}

const CONTRATOS = ['contract', 'contract/nomes', 'contract/chat.ts', 'contract/binder.ts'];
const CHAMADAS = ['cliente/chamadas', 'cliente/chamadas/explicar.ts', 'cliente/chamadas/rastro'];
const SESSAO = ['cliente/sessao', 'cliente/sessao/guardado'];
const DOMINIO = ['dominio', 'dominio/visivel.ts'];

/**
 * Caminho dentro de src/ → o que ele conhece. Uma pasta não fala pelas que estão dentro dela; um arquivo pode ter a sua
 * linha, e então não é da linha da pasta.
 */
export const CAMADAS: Readonly<Record<string, Camada>> = {
  'contract/nomes': {
    conhece: [],
    semNode: true,
    porque: 'diz que nomes valem e quais são o mesmo, e não sabe de que são',
  },
  contract: {
    conhece: ['contract/nomes'],
    semNode: true,
    porque: 'diz a forma do que viaja, a quem chama e a quem responde, sem saber como viaja',
  },
  'contract/binder.ts': {
    conhece: ['contract'],
    semNode: true,
    porque: 'promete os procedimentos do binder, e não sabe quem os cumpre',
  },
  'contract/chat.ts': {
    conhece: ['contract'],
    semNode: true,
    porque: 'promete os procedimentos do servidor, e não sabe quem os cumpre',
  },
  'contract/janela.ts': {
    conhece: ['contract'],
    semNode: true,
    porque: 'promete os procedimentos da janela, e não sabe quem os cumpre',
  },

  'dominio/visivel.ts': {
    conhece: [],
    semNode: true,
    porque: 'torna um texto seguro de mostrar, e não precisa saber de onde ele veio',
  },
  dominio: {
    conhece: [...CONTRATOS, 'dominio/visivel.ts'],
    semNode: true,
    porque: 'são regras puras sobre o que o contrato diz: sem rede, sem arquivo, sem relógio',
  },

  process: {
    conhece: [],
    porque: 'serve a todo executável, e por isso não sabe o que nenhum deles faz',
  },
  'process/opcoes': {
    conhece: ['process'],
    porque: 'lê uma linha de comando, seja de que executável for',
  },
  'process/tls': {
    conhece: ['process', 'process/opcoes'],
    porque: 'lê certificados e diz quando deixam de valer, sem saber o que se cifra com eles',
  },

  redis: {
    conhece: ['process'],
    porque: 'leva comandos ao Redis, sem saber o que se guarda nele',
  },

  'rpc/observador.ts': {
    conhece: [],
    semNode: true,
    porque: 'diz o que se conta de uma chamada: não sabe a quem, nem por quê',
  },
  'rpc/traceparent.ts': {
    conhece: [],
    porque: 'lê e escreve o cabeçalho que identifica uma chamada, e não sabe quem o usa',
  },
  'rpc/server/http': {
    conhece: ['process'],
    porque: 'leva bytes de quem chama e a quem chama: não sabe o que é uma chamada',
  },
  'rpc/server': {
    conhece: [
      ...['rpc/server/http', 'rpc/observador.ts', 'process', 'process/opcoes', 'process/tls'],
      ...['contract', 'contract/nomes'],
    ],
    porque: 'atende um contrato qualquer: nenhum procedimento é conhecido pelo nome',
  },
  'rpc/client': {
    conhece: ['rpc/observador.ts', 'process', 'contract'],
    porque: 'chama um contrato qualquer: nenhum procedimento é conhecido pelo nome',
  },

  'observadores/leases.ts': {
    conhece: [],
    porque: 'diz o que se conta dos registros de um binder, e não quem o conta',
  },
  'observadores/janela': {
    conhece: [
      ...['observadores/leases.ts', 'rpc/client', 'rpc/observador.ts', 'rpc/traceparent.ts'],
      ...['process', 'process/opcoes', 'contract', 'contract/janela.ts'],
    ],
    porque: 'conta a uma janela o que acontece num processo, seja ele qual for',
  },
  'observadores/metricas': {
    conhece: ['rpc/observador.ts', 'process', 'process/opcoes'],
    porque: 'conta a quem opera como vai um processo, seja ele qual for',
  },
  'observadores/telemetria/tracado.ts': {
    conhece: ['rpc/observador.ts', 'rpc/traceparent.ts', 'process', 'contract'],
    porque: 'faz os spans de um processo, seja ele qual for, e não sabe para onde eles vão',
  },
  'observadores/telemetria': {
    conhece: ['observadores/telemetria/tracado.ts', 'process'],
    porque: 'só carrega os traces quando há um SDK que os queira',
  },
  observadores: {
    conhece: [
      ...['observadores/leases.ts', 'observadores/janela', 'observadores/metricas', 'observadores/telemetria'],
      ...['observadores/telemetria/tracado.ts', 'rpc/observador.ts', 'process', 'process/opcoes'],
    ],
    porque: 'junta quem assiste a um processo que atende: não muda o que ele faz, nem sabe qual ele é',
  },

  store: {
    conhece: ['process', ...CONTRATOS, ...DOMINIO],
    porque: 'é a porta do que se guarda: não sabe quem guarda, nem quem chama',
  },
  'store/embutido/banco': {
    conhece: ['store', 'process', 'contract'],
    porque: 'é o SQLite: como se abre, que tabelas tem e como se grava em grupo, sem saber o que as linhas dizem',
  },
  'store/embutido/tabelas': {
    conhece: ['store/embutido/banco', 'store', 'process', ...CONTRATOS, ...DOMINIO],
    porque: 'lê e escreve cada tabela: não sabe que verbo o pediu',
  },
  'store/embutido': {
    conhece: ['store/embutido/banco', 'store/embutido/tabelas', 'store', 'process', ...CONTRATOS, ...DOMINIO],
    porque: 'cumpre a porta num arquivo: não sabe do outro store, nem da rede',
  },
  'store/redis/formato': {
    conhece: ['store', 'redis', ...CONTRATOS],
    porque: 'diz as chaves e a forma do que se guarda no Redis, e não como se grava nem como se lê',
  },
  'store/redis/scripts': {
    conhece: ['store/redis/formato', 'redis', ...CONTRATOS],
    porque: 'são o que o Redis executa: não sabem quem os pede',
  },
  'store/redis/estado': {
    conhece: ['store/redis/scripts', 'store/redis/formato', 'store', 'redis', 'process', ...CONTRATOS, ...DOMINIO],
    porque: 'lê e escreve o que todos os servidores dividem: não sabe que verbo o pediu',
  },
  'store/redis/memoria': {
    conhece: [
      ...['store/redis/estado', 'store/redis/scripts', 'store/redis/formato', 'store', 'redis', 'process'],
      ...[...CONTRATOS, ...DOMINIO],
    ],
    porque: 'é o que um servidor guarda consigo para não perguntar de novo: não sabe que verbo o pediu',
  },
  'store/redis': {
    conhece: [
      ...['store/redis/memoria', 'store/redis/estado', 'store/redis/scripts', 'store/redis/formato'],
      ...['store', 'redis', 'process', ...CONTRATOS, ...DOMINIO],
    ],
    porque: 'cumpre a porta no Redis: não sabe do outro store, nem de quem chama',
  },
  'store/redis/migracoes': {
    conhece: [
      ...['store/redis', 'store/redis/estado', 'store/redis/scripts', 'store/redis/formato', 'redis'],
      ...CONTRATOS,
    ],
    porque: 'mudam a forma do que se guarda no Redis, antes que alguém o use',
  },
  'store/redis/open.ts': {
    conhece: ['store/redis', 'store/redis/formato', 'store/redis/migracoes', 'store', 'redis'],
    porque: 'deixa os dados no formato desta versão, e só então abre o store',
  },
  'store/open.ts': {
    conhece: ['store', 'store/embutido', 'store/redis/open.ts', 'redis'],
    porque: 'escolhe onde os dados ficam, e não sabe o que se faz com eles',
  },

  'binder/registry': {
    conhece: [...CONTRATOS, 'observadores/leases.ts', 'process', 'redis'],
    porque: 'guarda a tabela do binder: não sabe que ela se consulta pela rede',
  },
  binder: {
    conhece: [
      ...['binder/registry', 'observadores', 'observadores/leases.ts', 'observadores/metricas'],
      ...['rpc/server', 'rpc/server/http', 'redis', 'process', 'process/opcoes', 'process/tls'],
      ...DOMINIO,
      ...CONTRATOS,
    ],
    porque: 'fala com o servidor e com os clientes pela rede, e não guarda nada do chat',
  },

  'server/anuncio': {
    conhece: ['rpc/client', 'process', ...CONTRATOS],
    porque: 'mantém os procedimentos registrados nos binders, e não sabe o que eles fazem',
  },
  'server/usuarios': {
    conhece: ['store', 'process', ...CONTRATOS],
    porque: 'escreve a lista de nomes para outros lerem, e não sabe por que ela muda',
  },
  'server/store-observado': {
    conhece: ['store', 'observadores/metricas', 'observadores/telemetria/tracado.ts', 'process', ...CONTRATOS],
    porque: 'conta o que se grava, seja qual for o store, sem mudar o que ele faz',
  },
  server: {
    conhece: [
      ...['server/anuncio', 'server/usuarios', 'server/store-observado', 'store', 'store/open.ts'],
      ...['rpc/server', 'rpc/server/http', 'rpc/client', 'redis', 'observadores', 'observadores/metricas'],
      ...['process', 'process/opcoes', 'process/tls', ...DOMINIO, ...CONTRATOS],
    ],
    porque: 'fala com o binder e com os clientes pela rede',
  },

  'cliente/ritmo.ts': {
    conhece: ['contract'],
    porque: 'diz a cada quanto tempo se buscam mensagens, a quem busca e a quem lê as opções',
  },
  'cliente/terminal/tela': {
    conhece: [],
    porque: 'mostra o que lhe dão: não sabe que há um chat, nem que se pergunta algo',
  },
  'cliente/terminal/teclado': {
    conhece: ['cliente/terminal/tela', 'process'],
    porque: 'entrega teclas a quem as pede: não sabe que há um chat, nem o que se pergunta',
  },
  'cliente/terminal': {
    conhece: ['cliente/terminal/tela', 'cliente/terminal/teclado', 'process'],
    porque: 'são a tela e o teclado: não sabem que há um chat',
  },
  'cliente/terminal/perguntas': {
    conhece: ['cliente/terminal', 'cliente/terminal/tela', 'cliente/terminal/teclado', 'dominio/visivel.ts'],
    porque: 'são perguntas que servem a qualquer programa: não sabem que há um chat',
  },
  'cliente/chamadas/explicar.ts': {
    conhece: ['rpc/client', ...DOMINIO, ...CONTRATOS],
    porque: 'diz em palavras por que uma chamada falhou, e não o que se faz depois',
  },
  'cliente/chamadas/rastro': {
    conhece: ['cliente/chamadas/explicar.ts', 'process', ...DOMINIO, ...CONTRATOS],
    porque: 'escreve cada chamada para quem quer vê-las: não chama nada',
  },
  'cliente/chamadas': {
    conhece: [
      ...['cliente/chamadas/explicar.ts', 'cliente/chamadas/rastro', 'rpc/client', 'process'],
      ...[...DOMINIO, ...CONTRATOS],
    ],
    porque: 'acham um servidor e o chamam: não sabem quem está na conversa',
  },
  'cliente/sessao/guardado': {
    conhece: ['process', ...CONTRATOS],
    porque: 'é o que fica no disco para quando a pessoa voltar: não sabe quando ela volta',
  },
  'cliente/sessao': {
    conhece: [
      ...['cliente/sessao/guardado', 'cliente/ritmo.ts', 'process'],
      ...[...CHAMADAS, ...DOMINIO, ...CONTRATOS],
    ],
    porque: 'é quem eu sou e onde estou, com uma pessoa ou com um bot: não sabe de tela nem de menu',
  },
  'cliente/interativo/linha': {
    conhece: [
      ...['cliente/terminal/tela', 'cliente/terminal/teclado', 'cliente/terminal/perguntas'],
      ...[...SESSAO, ...DOMINIO, ...CONTRATOS],
    ],
    porque: 'entende o que se digita: não faz o que se pediu, nem sabe que há um servidor',
  },
  'cliente/interativo/mural': {
    conhece: ['cliente/terminal/tela', 'process', ...SESSAO, ...DOMINIO, ...CONTRATOS],
    porque: 'mostra o que chega: não pergunta nada, nem sabe que há um servidor',
  },
  'cliente/interativo': {
    conhece: [
      ...['cliente/interativo/linha', 'cliente/interativo/mural'],
      ...['cliente/terminal', 'cliente/terminal/tela', 'cliente/terminal/teclado', 'cliente/terminal/perguntas'],
      ...['process', ...SESSAO, ...CHAMADAS, ...DOMINIO, ...CONTRATOS],
    ],
    porque: 'é a conversa de uma pessoa: chega ao servidor só pela sessão e pelas chamadas',
  },
  'cliente/interativo/roteiro': {
    conhece: [
      ...['cliente/interativo', 'cliente/interativo/mural', 'cliente/terminal', 'cliente/terminal/tela'],
      ...['cliente/terminal/perguntas', 'process', ...SESSAO, ...CHAMADAS, ...DOMINIO, ...CONTRATOS],
    ],
    porque: 'leva a pessoa de menu em menu, até a sala e de volta: o que se faz na sala é da conversa',
  },
  'cliente/biblioteca': {
    conhece: [
      ...['cliente/ritmo.ts', 'observadores/telemetria', 'rpc/client', 'process', 'process/opcoes'],
      ...[...SESSAO, ...CHAMADAS, ...DOMINIO, ...CONTRATOS],
    ],
    porque: 'é o que o pacote exporta a outros programas: não há terminal nem linha de comando',
  },
  'cliente/options.ts': {
    conhece: ['cliente/ritmo.ts', 'observadores/janela', 'process', 'process/opcoes', 'process/tls', ...CONTRATOS],
    porque: 'diz as opções do cliente, e não o que se faz com elas',
  },
  'cliente/subcomandos': {
    conhece: [
      ...['cliente/options.ts', 'cliente/biblioteca', 'cliente/terminal/tela', 'observadores/telemetria'],
      ...['rpc/client', 'rpc/observador.ts', 'process', 'process/opcoes'],
      ...[...SESSAO, ...CHAMADAS, ...DOMINIO, ...CONTRATOS],
    ],
    porque: 'servem a scripts e bots: não perguntam nada, e do terminal só conhecem como uma linha longa continua',
  },
  cliente: {
    conhece: [
      ...['cliente/options.ts', 'cliente/subcomandos', 'cliente/interativo', 'cliente/interativo/roteiro'],
      ...['cliente/terminal', 'cliente/terminal/tela', 'cliente/terminal/perguntas'],
      ...['observadores/janela', 'observadores/telemetria', 'rpc/client', 'rpc/observador.ts'],
      ...['process', 'process/opcoes', 'process/tls', ...SESSAO, ...CHAMADAS, ...DOMINIO, ...CONTRATOS],
    ],
    porque: 'fala com o binder e com o servidor pela rede',
  },

  'janela/noticias.ts': {
    conhece: ['contract/janela.ts'],
    semNode: true,
    porque: 'diz o que a janela manda à página: os dois lados o conhecem',
  },
  'janela/pagina/escapar.ts': {
    conhece: [],
    semNode: true,
    porque: 'protege qualquer marcação: a da figura salva e a da página servida',
  },
  'janela/pagina': {
    conhece: ['janela/pagina/escapar.ts', 'janela/noticias.ts', 'contract/janela.ts'],
    semNode: true,
    porque: 'é o que a página sabe e desenha: não conhece o navegador nem quem a serve',
  },
  'janela/pagina/desenho': {
    conhece: ['janela/pagina', 'janela/pagina/escapar.ts', 'janela/noticias.ts', 'contract/janela.ts'],
    semNode: true,
    porque: 'diz o que se desenha a cada instante, e não onde se desenha',
  },
  'janela/pagina/licoes': {
    conhece: ['janela/pagina', 'janela/noticias.ts', 'contract/janela.ts'],
    semNode: true,
    porque: 'diz o que se ensina e quando uma lição foi feita, e não como se mostra',
  },
  'janela/navegador/elementos.ts': {
    conhece: [],
    semNode: true,
    porque: 'acha e cria elementos, de qualquer página',
  },
  'janela/navegador/conexao.ts': {
    conhece: ['janela/pagina', 'janela/noticias.ts', 'contract/janela.ts'],
    semNode: true,
    porque: 'leva e traz o que a página diz à janela, sem mostrar nada',
  },
  'janela/navegador/figura': {
    conhece: [
      ...['janela/navegador/elementos.ts', 'janela/pagina', 'janela/pagina/desenho'],
      ...['janela/noticias.ts', 'contract/janela.ts'],
    ],
    semNode: true,
    porque: 'põe o desenho na tela, e não decide o que se desenha',
  },
  'janela/navegador/paineis': {
    conhece: [
      ...['janela/navegador/elementos.ts', 'janela/navegador/conexao.ts', 'janela/pagina', 'janela/pagina/desenho'],
      ...['janela/pagina/licoes', 'janela/noticias.ts', 'contract/janela.ts'],
    ],
    semNode: true,
    porque: 'são o que cerca a figura: cada um mostra uma coisa, e nenhum sabe da figura',
  },
  'janela/navegador': {
    conhece: [
      ...['janela/navegador/elementos.ts', 'janela/navegador/conexao.ts', 'janela/navegador/figura'],
      ...['janela/navegador/paineis', 'janela/pagina', 'janela/pagina/desenho', 'janela/pagina/licoes'],
      ...['janela/noticias.ts', 'contract/janela.ts'],
    ],
    semNode: true,
    porque: 'liga a página ao navegador, e só fala com a janela pela rede',
  },
  'janela/laboratorio/rede': {
    conhece: ['rpc/client', 'process', 'contract/janela.ts', ...CONTRATOS],
    porque: 'fica entre os processos para atrasar, cortar e perder o que eles dizem, sem o entender',
  },
  'janela/laboratorio': {
    conhece: [
      ...['janela/laboratorio/rede', 'observadores/janela', 'rpc/client', 'process', 'contract/janela.ts'],
      ...CONTRATOS,
    ],
    porque: 'inicia e quebra processos de verdade: chega a eles como qualquer programa, pela rede e por sinais',
  },
  janela: {
    conhece: [
      ...['janela/noticias.ts', 'janela/pagina/escapar.ts', 'janela/laboratorio'],
      ...['rpc/client', 'rpc/server', 'rpc/server/http', 'process', 'process/opcoes', 'contract/janela.ts'],
      ...CONTRATOS,
    ],
    porque: 'mostra o que os processos contam, e não os conhece por dentro',
  },
};

/** O que roda antes de haver node_modules/ e dist/: só conhece o Node e a si mesmo. */
export const ANTES_DE_INSTALAR = ['scripts/iniciar.js', 'scripts/lancador/'];

/** Pacote → o lugar dele em src/. Um pacote que não está aqui não entra. */
export const BIBLIOTECAS: Readonly<Record<string, Biblioteca>> = {
  zod: {
    onde: ['contract', 'contract/chat.ts', 'contract/binder.ts', 'contract/janela.ts', 'rpc/server/params.ts'],
    porque: 'o contrato é escrito nele, e a borda confere por ele; as outras pastas recebem os tipos que dele saem',
  },
  jayson: {
    onde: ['rpc/server/metodos.ts', 'rpc/client/remote.ts'],
    porque: 'só a borda e quem chama sabem como JSON-RPC viaja',
  },
  commander: {
    onde: ['process/opcoes/options.ts'],
    porque: 'as opções de todo executável são lidas de um só modo',
  },
  libsql: {
    onde: ['store/embutido/banco/connection.ts'],
    porque: 'quem troca o SQLite, ou não o pode carregar, muda um arquivo',
  },
  '@redis/client': {
    onde: ['redis/cliente.ts'],
    porque: 'as falhas e a topologia do Redis são entendidas num só lugar',
  },
  inquirer: {
    onde: ['cliente/terminal/perguntas/inquirer.ts'],
    porque: 'quem não pergunta nada não o carrega, e quem pergunta o carrega do modo mais rápido',
  },
  '@inquirer/core': {
    onde: ['cliente/terminal/perguntas/inquirer.ts'],
    porque: 'os hooks das nossas perguntas são do mesmo carregamento que o inquirer',
  },
  'string-width': {
    onde: ['cliente/terminal/tela/largura.ts'],
    porque: 'as colunas de um texto são contadas num só lugar',
  },
  '@opentelemetry/api': {
    onde: ['observadores/telemetria/tracado.ts'],
    porque: 'é opcional, e só se carrega quando há um SDK',
  },
  chalk: {
    onde: ['cliente/terminal/tela/cores.ts'],
    porque: 'as cores são decididas num só lugar, que sabe quando não as usar',
  },
};
