import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { chamar, http } from '../../scripts/comum/jsonrpc.ts';
import { enderecosNaRede } from '../../scripts/lancador/enderecos/endereco-na-rede.js';
import { type CopiaDoCheckout, copiarCheckout } from '../suporte/processos/copia.ts';
import {
  type Ambiente,
  abrirLancador,
  ambienteComPortasLivres,
  pidAnotado,
  processosDe,
  rodarLancador,
  tomarPorta,
} from '../suporte/processos/lancador.ts';

const PRAZO_DE_TESTE_MS = 90_000;

/** O desta máquina na rede; numa máquina sem rede, o que ela sempre tem. */
const ENDERECO = enderecosNaRede(networkInterfaces())[0]?.endereco ?? '127.0.0.1';

describe('chat_start rede', { timeout: PRAZO_DE_TESTE_MS }, () => {
  let copia: CopiaDoCheckout;
  let ambiente: Ambiente;

  beforeAll(async () => {
    copia = copiarCheckout();
    ambiente = await ambienteComPortasLivres();
  });
  afterEach(async () => {
    if (processosDe(copia.raiz).length > 0) await rodar('parar');
  });
  afterAll(() => copia[Symbol.dispose]());

  function rodar(...argumentos: string[]) {
    return rodarLancador({ raiz: copia.raiz, ambiente, argumentos });
  }

  const naRede = (processo: 'BINDER' | 'SERVIDOR') => `http://${ENDERECO}:${ambiente[`CHAT_PORTA_${processo}`]}`;

  test('põe no ar o que as outras máquinas alcançam, com um segredo, e diz o que elas digitam', async () => {
    const { status, saida } = await rodar('rede', ENDERECO);

    expect(status).toBe(0);
    expect(saida).toContain(`\n  ./chat_start.sh --binder ${naRede('BINDER')}\n`);
    expect(saida).toContain(`\n  npx ${naRede('BINDER')}/chat-cliente.tgz\n`);
    const oferecido = Buffer.from(await (await fetch(`${naRede('BINDER')}/chat-cliente.tgz`)).arrayBuffer());
    expect(saida).toContain(createHash('sha256').update(oferecido).digest('hex'));
    expect(saida).toMatch(
      new RegExp(`portas ${ambiente['CHAT_PORTA_BINDER']} .*${ambiente['CHAT_PORTA_SERVIDOR']} .*\n`),
    );
    for (const processo of ['BINDER', 'SERVIDOR'] as const) {
      expect((await http(naRede(processo), { method: 'GET', caminho: '/saude' })).status).toBe(200);
    }
    const { result } = await chamar(naRede('BINDER'), 'lookup_procedure', { procedure_name: 'entrar_sala' });
    expect(result).toMatchObject({ address: ENDERECO, port: Number(ambiente['CHAT_PORTA_SERVIDOR']) });
    const alheio = { procedure_name: 'entrar_sala', address: '127.0.0.1', port: 1 };
    expect((await chamar(naRede('BINDER'), 'register_procedure', alheio)).error?.code).toBe(1002);
    if (process.platform !== 'win32') {
      expect(statSync(join(copia.raiz, '.chat', 'segredo')).mode & 0o777).toBe(0o600);
    }

    expect((await rodar('rede', ENDERECO)).saida).toBe(saida);
    // O que já roda com outro endereço não passa por hospedeiro.
    const comOutro = await rodar('rede', 'localhost');
    expect([comOutro.status, comOutro.saida]).toEqual([1, '']);
    expect(comOutro.erros).toMatch(/o servidor que já roda se registrou com outro endereço \(.*\).* parar/);
    expect(comOutro.erros).toContain(`(${ENDERECO})`);
    expect((await rodar('parar')).status).toBe(0);
    expect(processosDe(copia.raiz)).toEqual([]);
  });

  test('aula cria a sala, mostra quem já está nela, e a passa a quem se diz; a janela mostra o sistema; com a porta dela tomada, a aula segue sem ela, e diz por quê', async () => {
    const janela = `http://127.0.0.1:${ambiente['CHAT_PORTA_JANELA']}`;
    const abrirAula = (argumentos: readonly string[], extra: Ambiente = {}) =>
      abrirLancador({
        raiz: copia.raiz,
        ambiente: { ...ambiente, CHAT_ENDERECO: ENDERECO, ...extra },
        argumentos: ['aula', ...argumentos],
      });
    const aula = abrirAula(['2', 'Turma']);
    await aula.esperarPor('0 de 2');
    const telaInicial = aula.saida();
    expect(telaInicial).toContain('A sala é "Turma".');
    expect(telaInicial).toContain(`abra em um navegador desta máquina: ${janela}`);
    const url = naRede('SERVIDOR');
    const { result: ana } = await chamar(url, 'registrar_usuario', ['Ana']);
    await chamar(url, 'entrar_sala', ['Ana', 'Turma'], ana.token);
    await aula.esperarPor('1 de 2: Ana');
    aula.escrever('Ana\r');
    await aula.esperarPor('A sala agora é de "Ana".');
    expect((await chamar(url, 'detalhar_sala', ['Turma'], ana.token)).result).toMatchObject({
      dono: 'Ana',
      usuarios: 1,
    });
    const vivos = async () => {
      const { result } = await chamar(janela, 'listar_processos', {});
      return result.filter(({ estado }: { estado: string }) => estado === 'vivo').map(vistoComo);
    };
    const vistoComo = ({ papel, pid }: { papel: string; pid: number }) => [papel, pid];
    // O pid só o conhece quem conta o que faz: a tabela do binder não o tem.
    await expect.poll(vivos, { timeout: 30_000 }).toEqual(
      expect.arrayContaining([
        ['binder', pidAnotado(copia.raiz, 'binder')],
        ['servidor', pidAnotado(copia.raiz, 'servidor')],
      ]),
    );
    aula.escrever('\u0003');
    expect(await aula.fim).toBe(0);

    await using tomada = await tomarPorta();
    const semJanela = abrirAula([], { CHAT_PORTA_JANELA: String(tomada.porta) });
    await semJanela.esperarPor('0 de 30');
    expect(semJanela.saida()).toMatch(
      /A aula segue sem a janela: a porta \d+, em que a janela responderia .*está com outro programa/s,
    );
    expect(semJanela.saida()).not.toContain('navegador');
    semJanela.escrever('\u0003');
    expect(await semJanela.fim).toBe(0);

    const estado = await rodar('estado');
    expect(estado.status).toBe(0);
    expect(estado.saida).toMatch(
      new RegExp(`^Janela: +roda em ${janela}, pid ${pidAnotado(copia.raiz, 'janela')}, `, 'm'),
    );
    // O chat continua no ar, e o anfitrião não fica nele.
    const { result: outro } = await chamar(url, 'registrar_usuario', ['Anfitrião']);
    expect(outro.nomeUsuario).toBe('Anfitrião');
    expect((await rodar('parar')).saida).toMatch(/^Binder encerrado .*\r?\nProcesso da janela encerrado/m);
    expect(processosDe(copia.raiz)).toEqual([]);
    expect((await rodar('estado')).saida).not.toContain('Janela');
  });
});
