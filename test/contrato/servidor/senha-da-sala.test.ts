/** Seção 5 do contrato: a senha de uma sala não aparece em lugar nenhum. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { ate } from '../../../scripts/comum/condicao.ts';
import { pastaTemporaria } from '../../../scripts/comum/pasta.ts';
import { SEM_LIMITES } from '../../../scripts/comum/processos.ts';
import { Conexao } from '../../../src/cliente/chamadas/conexao.ts';
import { abrirRastro } from '../../../src/cliente/chamadas/rastro/rastros.ts';
import { FORMATOS_DO_RASTRO } from '../../../src/contract/formatos-do-rastro.ts';
import { relogioDoSistema } from '../../../src/process/clock.ts';
import { criarConexoes } from '../../../src/rpc/client/http.ts';
import { bytesDaPasta } from '../../suporte/bytes-da-pasta.ts';
import { abrirBinder } from '../../suporte/local/binder.ts';
import { registrar, salaCom } from '../../suporte/pessoas.ts';
import { pastaDoGuardado } from '../../suporte/processos/estado.ts';
import { iniciarServidor } from '../../suporte/processos/processos.ts';

const SENHA = 'abre-te sésamo 7391';
const ERRADA = 'fecha-te sésamo 2846';

test('a senha não está nos dados, nem no log, nem no rastro, nem no que se observa, nem em resposta alguma', async () => {
  await using observado = await ouvirTudo();
  await using binder = await abrirBinder(relogioDoSistema);
  using pasta = pastaTemporaria();
  await using servidor = await iniciarServidor(pasta.caminho, binder.url, {
    argumentos: [...SEM_LIMITES, '--log', 'json', '--observar', observado.url],
  });
  const { url } = servidor;
  const { sala, pessoas } = await salaCom(url, 'Ana');
  const [ana] = pessoas;
  const respostas: unknown[] = [
    await ana.fazer('configurar_sala', { nomeUsuario: ana.nome, nomeSala: sala, topico: 'Com senha', senha: SENHA }),
    await ana.fazer('detalhar_sala', [sala]),
    await ana.fazer('listar_salas', [true]),
    await ana.serRecusado('configurar_sala', [ana.nome, sala, null, SENHA.repeat(10)]),
  ];
  const bia = await registrar(url, 'Bia');
  const linhas: string[] = [];
  for (const formato of FORMATOS_DO_RASTRO) {
    const conexao = new Conexao({
      binders: [binder.url],
      clock: relogioDoSistema,
      conexoes: criarConexoes(),
      observador: abrirRastro(formato, (linha) => linhas.push(linha), relogioDoSistema),
    });
    const entrarCom = (senha: string) =>
      conexao.chamar('entrar_sala', { nomeUsuario: bia.nome, nomeSala: sala, senha }, { token: bia.token });
    respostas.push(String(await entrarCom(ERRADA).catch((erro: unknown) => erro)), await entrarCom(SENHA));
    conexao.close();
    await bia.fazer('sair_da_sala');
  }
  await ate(() => observado.texto().includes('entrar_sala'), 'a janela saber de quem entrou');

  const { caminho } = pasta;
  const guardado = Buffer.concat([bytesDaPasta(await pastaDoGuardado(caminho)), bytesDaPasta(caminho)]);
  const dito = [linhas.join('\n'), JSON.stringify(respostas), servidor.saida(), servidor.erros()];
  const tudo = Buffer.concat([guardado, Buffer.from([...dito, observado.texto()].join('\n'))]);
  // O tópico está nos dados, e a chamada no rastro: é a prova de que se procurou onde eles estão.
  expect(guardado.includes('Com senha')).toBe(true);
  expect(linhas.join('\n')).toContain('entrar_sala');
  for (const senha of [SENHA, ERRADA]) {
    const bytes = Buffer.from(senha);
    for (const forma of [senha, bytes.toString('hex'), bytes.toString('base64'), bytes.toString('base64url')]) {
      expect(tudo.includes(forma), forma).toBe(false);
    }
  }
});

/** Uma janela que só guarda o que lhe contam. */
async function ouvirTudo() {
  let texto = '';
  const servidor = createServer((pedido, resposta) => {
    pedido.setEncoding('utf8').on('data', (parte: string) => {
      texto += parte;
    });
    pedido.on('end', () => resposta.writeHead(204).end());
  });
  await new Promise<void>((resolve) => servidor.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(servidor.address() as AddressInfo).port}`,
    texto: () => texto,
    [Symbol.asyncDispose]: async () => {
      servidor.closeAllConnections();
      await new Promise((resolve) => servidor.close(resolve));
    },
  };
}
