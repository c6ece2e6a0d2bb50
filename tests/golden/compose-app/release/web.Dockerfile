FROM python:3.13-slim
WORKDIR /srv
COPY app.py VERSION ./
USER 10001:10001
EXPOSE 8000
CMD ["python", "-u", "app.py"]
