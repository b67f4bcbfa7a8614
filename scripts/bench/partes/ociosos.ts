import { setTimeout as pausar } from 'node:timers/promises';
import { cpuMs, memoriaBytes } from '../../comum/consumo.ts';
import { abrirSistema, type Parte, pastaDaParte } from '../bancada.ts';
import { ultimoIdDe } from '../chamadas.ts';
import { montarChamada } from '../http.ts';
import { usuarioDe, usuariosDe } from '../identidades.ts';
import { valorMaximo } from '../linhas.ts';
import { Ouvintes } from '../ouvintes.ts';
import { semear } from '../semeadura.ts';
import { fonteFixa, medirVazao } from '../vazao.ts';

const SALAS = 100;
const USUARIOS_POR_SALA = 50;
const ESPERAR_MS = 25_000;
/** Uma volta inteira: as esperas acabam e recomeçam dentro dela. */
const JANELA_MS = 26_000;
const ASSENTAR_MS = 1_500;
const AQUECIMENTO_MS = 2_000;
const CONEXOES_DE_AQUECIMENTO = 32;
const KB = 1_000;

export const OCIOSOS: Parte = {
  nome: 'ociosos',
  descricao: '5.000 usuários que esperam (esperarMs 25.000) sem que nada chegue: CPU e memória',
  medir: async (bancada) => {
    const { pilha, linha } = bancada;
    const pasta = pastaDaParte(bancada);
    const salas = Array.from({ length: SALAS }, (_, indice) => ({
      nome: `sala ${indice}`,
      prefixo: `u${indice}.`,
      usuarios: USUARIOS_POR_SALA,
      mensagens: 1,
    }));
    await semear(bancada, { pasta, salas });
    const { servidor } = await abrirSistema(bancada, pasta);
    const { porta, pid } = servidor;

    // O que um processo aquecido ocupa não é dos que esperam.
    const um = usuarioDe('u0.', 0);
    const chamada = montarChamada('receber_mensagens', { nomeUsuario: um.nome, salaAtual: 'sala 0' }, um.token);
    const fontes = Array.from({ length: CONEXOES_DE_AQUECIMENTO }, () => fonteFixa(chamada));
    await medirVazao(porta, { fontes, duracaoMs: AQUECIMENTO_MS });
    await pausar(ASSENTAR_MS);
    const memoriaAntes = memoriaBytes(pid);

    for (const { nome: sala, prefixo } of salas) {
      const usuarios = usuariosDe(prefixo, USUARIOS_POR_SALA);
      const desde = await ultimoIdDe(porta, usuarioDe(prefixo, 0), sala);
      const ouvintes = await Ouvintes.abrir({ porta, usuarios, sala, desde, esperarMs: ESPERAR_MS });
      pilha.defer(() => ouvintes.fechar());
    }
    await pausar(ASSENTAR_MS);
    const memoriaCheia = memoriaBytes(pid);
    const [cpuAntes, desdeMs] = [cpuMs(pid), performance.now()];
    await pausar(JANELA_MS);
    const cpu = ((cpuMs(pid) - cpuAntes) / (performance.now() - desdeMs)) * 100;
    const quantos = SALAS * USUARIOS_POR_SALA;
    const memoriaNoFim = Math.max(memoriaCheia, memoriaBytes(pid));

    linha({ medida: '5.000 que esperam: CPU do servidor', valor: cpu, unidade: '%', meta: valorMaximo(5) });
    linha({
      medida: '5.000 que esperam: memória por usuário',
      valor: (memoriaNoFim - memoriaAntes) / quantos / KB,
      unidade: 'KB',
      meta: valorMaximo(20),
    });
  },
};
