import { join } from 'node:path';
import { setTimeout as pausar } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { abrirSistema, type Parte, pastaDaParte } from '../bancada.ts';
import { chamar, resultadoDe, ultimoIdDe } from '../chamadas/chamadas.ts';
import { fonteDeEnvios } from '../chamadas/envios.ts';
import { Conexao, montarChamada } from '../chamadas/http.ts';
import { usuarioDe, usuariosDe } from '../chamadas/identidades.ts';
import { Ouvintes } from '../chamadas/ouvintes.ts';
import { fonteFixa, medirVazao } from '../chamadas/vazao.ts';
import { maior, mediana } from '../medidas/estatistica.ts';
import { valorMaximo } from '../medidas/linhas.ts';
import { semear } from '../semeadura.ts';

const META_MS = 20;
const MUITOS = 5_000;
/** Com a cheia, todas as que cabem. */
const MUITAS_SALAS = 9_999;
const MENSAGENS = 100_000;
const VEZES = 5;
const ESPERA_CURTA_MS = 3_000;
/** O que uma varredura encontra de uma vez quando todos se calam ao mesmo tempo. */
const USUARIO_AUSENTE_S = 50;
const SALA_INATIVA_S = 3;

const CARREGAR_LACO = ['--import', pathToFileURL(join(import.meta.dirname, '..', 'laco.js')).href];

interface Prova {
  /** `null` onde o que se mede não é do servidor. */
  readonly metaMs?: number | null;
  readonly vezes?: number;
}

const CHEIA = { nome: 'cheia', prefixo: 'u', usuarios: MUITOS, mensagens: MENSAGENS };
const OUTRAS = Array.from({ length: MUITAS_SALAS }, (_, indice) => ({
  nome: `sala ${indice}`,
  prefixo: `v${indice}.`,
  usuarios: 1,
  mensagens: 1,
}));

export const LACO: Parte = {
  nome: 'laco',
  descricao: 'o mais que uma chamada ou varredura segura o event loop do servidor, com 15.000 usuários e 10.000 salas',
  medir: async (bancada) => {
    const { linha, conferencia, duracaoMs } = bancada;
    const pasta = pastaDaParte(bancada);
    await semear(bancada, { pasta, salas: [CHEIA, ...OUTRAS] });
    const argumentos = ['--usuario-ausente', String(USUARIO_AUSENTE_S), '--sala-inativa', String(SALA_INATIVA_S)];
    const { servidor } = await abrirSistema(bancada, pasta, { argumentos, execArgv: CARREGAR_LACO });
    const { porta } = servidor;
    const prontoMs = performance.now();
    const usuarios = usuariosDe(CHEIA.prefixo, MUITOS);
    const autor = usuarioDe(CHEIA.prefixo, 0);
    const leitores = usuarios.slice(1);

    /** O máximo de cada vez; o que se repete é do servidor, e o que só uma delas teve pode ser da máquina. */
    async function medir(
      medida: string,
      agir: () => Promise<unknown>,
      { metaMs = META_MS, vezes = VEZES }: Prova = {},
    ) {
      const maximosMs: number[] = [];
      for (let vez = 0; vez < vezes; vez += 1) {
        await servidor.perguntar('zerar');
        await agir();
        const { maximoMs } = (await servidor.perguntar('quanto?')) as { maximoMs: number };
        maximosMs.push(maximoMs);
      }
      linha({
        medida: `laço preso: ${medida}`,
        valor: mediana(maximosMs),
        unidade: 'ms',
        pior: maior(maximosMs),
        meta: metaMs === null ? undefined : valorMaximo(metaMs),
      });
    }

    const umaVezMs = duracaoMs / VEZES;
    const repetir = (method: string, params: object, token: string) => () => chamar(porta, method, params, token);

    await medir('ninguém chama (o que a máquina dá)', () => pausar(umaVezMs), { metaMs: null });
    const envios = usuarios.slice(0, 32).map((usuario) => fonteDeEnvios(usuario, CHEIA.nome));
    await medir('32 enviam sem parar', () => medirVazao(porta, { fontes: envios, duracaoMs: umaVezMs }));
    const ler = { nomeUsuario: autor.nome, salaAtual: CHEIA.nome };
    const leituras = Array.from({ length: 32 }, () => fonteFixa(montarChamada('receber_mensagens', ler, autor.token)));
    await medir('32 leem as últimas 50', () => medirVazao(porta, { fontes: leituras, duracaoMs: umaVezMs }));
    // Uma lista que não mudou desde a última já está feita.
    const mudarDeSala = (nomeSala: string) =>
      repetir('entrar_sala', { nomeUsuario: autor.nome, nomeSala }, autor.token)();
    await medir('listar_salas, 10.000 salas', async () => {
      for (const nomeSala of ['sala 0', CHEIA.nome]) {
        await mudarDeSala(nomeSala);
        await chamar(porta, 'listar_salas', {});
      }
    });
    await medir('listar_usuarios, 5.000 na sala', repetir('listar_usuarios', {}, autor.token));
    await medir(
      'entrar_sala, 5.000 na sala',
      repetir('entrar_sala', { nomeUsuario: autor.nome, nomeSala: CHEIA.nome }, autor.token),
    );
    let novos = 0;
    await medir('registrar_usuario, 15.000 registrados', async () => {
      novos += 1;
      await chamar(porta, 'registrar_usuario', { nomeUsuario: `novo ${novos}` });
      await pausar(250);
    });

    const desde = await ultimoIdDe(porta, autor, CHEIA.nome);
    const ouvintes = await Ouvintes.abrir({ porta, usuarios: leitores, sala: CHEIA.nome, desde });
    await pausar(500);
    const conexao = await Conexao.abrir(porta);
    const { proximo } = fonteDeEnvios(autor, CHEIA.nome);
    await medir('uma mensagem a 4.999 que esperam', async () => {
      const confirmada = resultadoDe(await conexao.chamar(proximo()));
      await ouvintes.ateTodosTerem(confirmada.id);
      await pausar(100);
      conferencia(1, leitores.length, ouvintes.conferirERecomecar([confirmada]));
    });
    conexao.fechar();
    // Nem chamada nem varredura: o Node desfaz os sockets, e o bench não pede que o faça aos poucos.
    await medir(
      '4.999 conexões caem juntas',
      async () => {
        ouvintes.fechar();
        await pausar(500);
      },
      { metaMs: null, vezes: 1 },
    );

    const agora = await ultimoIdDe(porta, autor, CHEIA.nome);
    const breves = await Ouvintes.abrir({
      porta,
      usuarios: leitores,
      sala: CHEIA.nome,
      desde: agora,
      esperarMs: ESPERA_CURTA_MS,
    });
    await medir('4.999 esperas acabam e recomeçam', () => pausar(ESPERA_CURTA_MS));
    breves.fechar();

    const faltaMs = prontoMs + USUARIO_AUSENTE_S * 1_000 - performance.now();
    await pausar(Math.max(0, faltaMs - 1_000));
    await medir('10.000 usuários saem, 10.000 salas se removem', () => pausar((SALA_INATIVA_S + 8) * 1_000), {
      vezes: 1,
    });
  },
};
