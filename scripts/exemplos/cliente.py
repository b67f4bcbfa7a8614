#!/usr/bin/env python3
"""Um cliente só com a biblioteca padrão do Python: python3 cliente.py NOME SALA [http://localhost:5000]

Cada linha da entrada é uma mensagem; o fim da entrada (Ctrl+D; no Windows, Ctrl+Z e Enter) encerra.
"""
import json
import sys
import threading
import unicodedata
import urllib.request

ESPERA_MS = 20_000


class Recusa(Exception):
    def __init__(self, erro):
        super().__init__(erro["message"])
        self.codigo = erro["code"]


def chamar(url, method, params, token=None):
    """Uma chamada JSON-RPC 2.0 sobre HTTP: devolve o resultado, ou levanta Recusa."""
    corpo = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    cabecalhos = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    with urllib.request.urlopen(urllib.request.Request(url, corpo, cabecalhos), timeout=60) as resposta:
        lida = json.load(resposta)
    if "error" in lida:
        raise Recusa(lida["error"])
    return lida["result"]


def achar_servidor(binder):
    achado = chamar(binder, "lookup_procedure", ["registrar_usuario"])
    host = f"[{achado['address']}]" if ":" in achado["address"] else achado["address"]
    return f"{binder.split(':')[0]}://{host}:{achado['port']}"


def mostrar(mensagem):
    """O texto é de outra pessoa: o que manda no terminal, ou não se vê, aparece como ?; espaços seguidos, como um."""
    de_quem = mensagem["origem"] if mensagem["tipo"] == "broadcast" else f"{mensagem['origem']} -> {mensagem['destino']}"
    linha = f"{de_quem}: {mensagem['conteudo']}"
    visivel = "".join("?" if unicodedata.category(letra)[0] == "C" else letra for letra in linha)
    print(" ".join(visivel.split()), flush=True)  # espaços levariam o resto à margem, como se fosse outra linha


def receber(servidor, token, nome, sala, desde):
    """O cursor `desde` é o id da última que se viu: nada se perde nem se repete."""
    try:
        while True:
            pedido = {"nomeUsuario": nome, "salaAtual": sala, "desde": desde, "esperarMs": ESPERA_MS}
            for mensagem in chamar(servidor, "receber_mensagens", pedido, token):
                mostrar(mensagem)
                desde = mensagem["id"]
    except (Recusa, OSError) as erro:  # também quando a sessão se encerra
        print(f"cliente.py: não recebe mais: {erro}", file=sys.stderr)


def conversar(nome, sala, binder="http://localhost:5000"):
    servidor = achar_servidor(binder)
    token = chamar(servidor, "registrar_usuario", [nome])["token"]
    try:
        chamar(servidor, "criar_sala", [sala], token)
    except Recusa as recusa:
        if recusa.codigo != 2004:  # SALA_JA_EXISTE
            raise
    mensagens = chamar(servidor, "entrar_sala", [nome, sala], token)["mensagens"]
    for mensagem in mensagens:
        mostrar(mensagem)
    threading.Thread(target=receber, args=(servidor, token, nome, sala, mensagens[-1]["id"]), daemon=True).start()
    for linha in filter(str.strip, sys.stdin):
        chamar(servidor, "enviar_mensagem", [nome, sala, linha.rstrip("\r\n")], token)
    chamar(servidor, "encerrar_sessao", [nome], token)


if __name__ == "__main__":
    try:
        conversar(*sys.argv[1:])
    except (Recusa, OSError, TypeError) as erro:
        sys.exit(f"cliente.py: {erro}")
