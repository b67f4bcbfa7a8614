import { expect, test } from 'vitest';
import { mostrarSePedido } from '../../../src/observadores/atividade.ts';
import { criarLog } from '../../../src/process/log.ts';

function abrir() {
  const linhas: string[] = [];
  const log = criarLog((linha) => linhas.push(linha.replace(/^\S+ /, '')));
  const atividade = mostrarSePedido(true, log);
  if (!atividade) throw new Error('foi pedida');
  return { linhas, ...atividade };
}

test('sem a opção não há nada que mostrar', () => {
  expect(mostrarSePedido(false, criarLog())).toBeUndefined();
});

test('cada chamada é uma linha, com o desfecho e os nomes, sem texto, sem token, e nada que um terminal obedeça', () => {
  const { linhas, chegada } = abrir();
  const atender = (procedimento: string) => chegada.aoAtender({ procedimento, traceparent: undefined });
  const mensagem = { id: 7, sala: 'Geral', origem: 'Ana', destino: 'Be\u202eto', conteudo: 'segredo', tipo: 'unicast' };
  atender('enviar_mensagem').terminar({ tipo: 'ok', resultado: mensagem });
  atender('registrar_usuario').terminar({
    tipo: 'ok',
    resultado: { nomeUsuario: 'Ana', token: 'tok', sala: null },
  });
  atender('entrar_sala').terminar({ tipo: 'recusa', erro: 'SALA_NAO_ENCONTRADA' });
  expect(linhas).toEqual([
    'INFO atendeu procedimento="enviar_mensagem" desfecho="ok" sala="Geral" origem="Ana" destino="Be\\u202eto"\n',
    'INFO atendeu procedimento="registrar_usuario" desfecho="ok" nomeUsuario="Ana"\n',
    'INFO atendeu procedimento="entrar_sala" desfecho="SALA_NAO_ENCONTRADA"\n',
  ]);
});

test('um registro se mostra uma vez, e não a cada renovação; o fim dele também, e um novo registro depois', () => {
  const { linhas, leases, chegada } = abrir();
  for (let vez = 0; vez < 3; vez += 1) {
    chegada
      .aoAtender({ procedimento: 'register_procedure', traceparent: undefined })
      .terminar({ tipo: 'ok', resultado: { procedure_name: 'criar_sala' } });
    leases.aoRegistrar('criar_sala', '10.0.0.1:8005', 30);
  }
  leases.aoTerminar('criar_sala', '10.0.0.1:8005', 'vencido');
  leases.aoRegistrar('criar_sala', '10.0.0.1:8005', 30);
  expect(linhas).toEqual([
    'INFO registrou procedimento="criar_sala" endpoint="10.0.0.1:8005" ttl_s=30\n',
    'INFO o registro acabou procedimento="criar_sala" endpoint="10.0.0.1:8005" motivo="vencido"\n',
    'INFO registrou procedimento="criar_sala" endpoint="10.0.0.1:8005" ttl_s=30\n',
  ]);
});

test('um registro recusado se mostra; o que só renova ou confere, não', () => {
  const { linhas, chegada } = abrir();
  const atender = (procedimento: string) => chegada.aoAtender({ procedimento, traceparent: undefined });
  for (const procedimento of ['register_procedure', 'unregister_procedure', 'list_procedures']) {
    atender(procedimento).terminar({ tipo: 'ok', resultado: true });
  }
  atender('register_procedure').terminar({ tipo: 'recusa', erro: 'SEGREDO_INVALIDO' });
  expect(linhas).toEqual(['INFO atendeu procedimento="register_procedure" desfecho="SEGREDO_INVALIDO"\n']);
});
